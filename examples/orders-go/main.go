// A small orders API over PostgreSQL: GET /orders/ID, GET /orders?customer=N&limit=N, POST /orders.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type order struct {
	ID       int64  `json:"id"`
	Customer int32  `json:"customer"`
	Item     string `json:"item"`
	Cents    int32  `json:"cents"`
}

type service struct {
	db *pgxpool.Pool
	// each asks for the orders of a list one by one: the N+1 queries that a regression check should find.
	each bool
}

func main() {
	address := flag.String("address", "127.0.0.1:8080", "where to listen")
	socket := flag.String("socket", "", "a Unix socket to listen on, too")
	threads := flag.Int("threads", runtime.NumCPU(), "threads that run at the same time")
	list := flag.String("list", "joined", "how lists are read: joined, or each order by a query of its own")
	flag.Parse()
	runtime.GOMAXPROCS(*threads)
	if err := run(*address, *socket, *list == "each"); err != nil {
		log.Fatal(err)
	}
}

func run(address, socket string, each bool) error {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	config.MaxConns = 8
	db, err := pgxpool.NewWithConfig(stop, config)
	if err != nil {
		return err
	}
	defer db.Close()
	s := &service{db: db, each: each}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /orders/{id}", s.read)
	mux.HandleFunc("GET /orders", s.list)
	mux.HandleFunc("POST /orders", s.create)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	listeners, err := listen(address, socket)
	if err != nil {
		return err
	}
	go func() {
		<-stop.Done()
		deadline, done := context.WithTimeout(context.Background(), 4*time.Second)
		defer done()
		_ = server.Shutdown(deadline)
	}()
	ended := make(chan error, len(listeners))
	for _, listener := range listeners {
		go func() { ended <- server.Serve(listener) }()
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// listen opens the address and, if there is one, the Unix socket.
func listen(address, socket string) ([]net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil || socket == "" {
		return []net.Listener{listener}, err
	}
	local, err := net.Listen("unix", socket)
	return []net.Listener{listener, local}, err
}

func (s *service) health(w http.ResponseWriter, r *http.Request) {
	if err := s.db.Ping(r.Context()); err != nil {
		http.Error(w, "no database", http.StatusServiceUnavailable)
	}
}

func (s *service) read(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.Error(w, "id: expected a number", http.StatusBadRequest)
		return
	}
	found, err := s.one(r.Context(), id)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		http.NotFound(w, r)
	case err != nil:
		fail(w, err)
	default:
		respond(w, http.StatusOK, found)
	}
}

func (s *service) one(ctx context.Context, id int64) (order, error) {
	var found order
	row := s.db.QueryRow(ctx, "SELECT id, customer, item, cents FROM orders WHERE id = $1", id)
	err := row.Scan(&found.ID, &found.Customer, &found.Item, &found.Cents)
	return found, err
}

func (s *service) list(w http.ResponseWriter, r *http.Request) {
	customer, err := strconv.ParseInt(r.URL.Query().Get("customer"), 10, 32)
	if err != nil {
		http.Error(w, "customer: expected a number", http.StatusBadRequest)
		return
	}
	limit, err := strconv.ParseInt(r.URL.Query().Get("limit"), 10, 32)
	if err != nil || limit < 1 || limit > 100 {
		http.Error(w, "limit: expected 1 to 100", http.StatusBadRequest)
		return
	}
	var found []order
	if s.each {
		found, err = s.oneByOne(r.Context(), customer, limit)
	} else {
		found, err = s.joined(r.Context(), customer, limit)
	}
	if err != nil {
		fail(w, err)
		return
	}
	respond(w, http.StatusOK, found)
}

func (s *service) joined(ctx context.Context, customer, limit int64) ([]order, error) {
	const query = "SELECT id, customer, item, cents FROM orders WHERE customer = $1 ORDER BY id LIMIT $2"
	rows, err := s.db.Query(ctx, query, customer, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[order])
}

func (s *service) oneByOne(ctx context.Context, customer, limit int64) ([]order, error) {
	rows, err := s.db.Query(ctx, "SELECT id FROM orders WHERE customer = $1 ORDER BY id LIMIT $2", customer, limit)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, err
	}
	found := make([]order, 0, len(ids))
	for _, id := range ids {
		one, err := s.one(ctx, id)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

func (s *service) create(w http.ResponseWriter, r *http.Request) {
	var wanted order
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&wanted); err != nil {
		http.Error(w, "expected an order in JSON", http.StatusBadRequest)
		return
	}
	const statement = "INSERT INTO orders (id, customer, item, cents) VALUES ($1, $2, $3, $4)"
	if _, err := s.db.Exec(r.Context(), statement, wanted.ID, wanted.Customer, wanted.Item, wanted.Cents); err != nil {
		fail(w, err)
		return
	}
	respond(w, http.StatusCreated, wanted)
}

func respond(w http.ResponseWriter, status int, content any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(content)
}

func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, "the database failed", http.StatusInternalServerError)
}
