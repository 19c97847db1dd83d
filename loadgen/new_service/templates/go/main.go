// new-service -host 127.0.0.1 -port 8080 -threads 1
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log"
	"net"
	"net/http"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// What is asked: the only request that is answered so far.
const (
	path = "/path-of-the-task"
	body = "body-of-the-task"
)

func answer(response http.ResponseWriter, _ *http.Request) {
	response.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(response, body)
}

func handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET "+path+end(path), answer)
	return routes
}

// A pattern that ends with a slash would match all paths below it.
func end(path string) string {
	if path[len(path)-1] == '/' {
		return "{$}"
	}
	return ""
}

func main() {
	host := flag.String("host", "127.0.0.1", "address to listen on")
	port := flag.Int("port", 8080, "port to listen on")
	threads := flag.Int("threads", runtime.NumCPU(), "threads that run goroutines")
	flag.Parse()
	runtime.GOMAXPROCS(*threads)

	server := &http.Server{
		Addr:              net.JoinHostPort(*host, strconv.Itoa(*port)),
		Handler:           handler(),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ended, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ended.Done()
		_ = server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
