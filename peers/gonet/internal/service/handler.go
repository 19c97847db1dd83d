// Package service is the HTTP service on net/http: its routes, its limits, and how it starts and stops.
package service

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"

	"primebench/peers/fiber/internal/calculate"
	"primebench/peers/fiber/internal/item"
	"primebench/peers/fiber/internal/order"
	"primebench/peers/fiber/internal/problem"
)

const mediaTypeJSON = "application/json"

// The longest bodies that are read.
const (
	calculateLimit = 4_096
	orderLimit     = 65_536
)

// Handler answers the routes of the three tasks; POST /calculate with the prime that find finds, for n from 1 to maxN.
func Handler(find func(n int) int, maxN int) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /calculate", fallible(func(w http.ResponseWriter, r *http.Request) error {
		body, err := readJSON(w, r, calculateLimit)
		if err != nil {
			return err
		}
		n, err := calculate.Decode(body, maxN)
		if err != nil {
			return err
		}
		return writeJSON(w, http.StatusOK, mediaTypeJSON, calculate.Calculate(find, n))
	}))
	mux.HandleFunc("GET /plaintext", plaintext) // and HEAD, as with every GET
	mux.Handle("GET /json/{id}", fallible(buildItem))
	mux.Handle("POST /json", fallible(readOrder))
	mux.Handle("GET /health", fallible(health))
	for path, allow := range map[string]string{
		"/calculate": "POST", "/plaintext": "GET, HEAD", "/json/{id}": "GET, HEAD", "/json": "POST", "/health": "GET, HEAD",
	} {
		mux.Handle(path, otherMethod(allow))
	}
	mux.Handle("/", fallible(func(http.ResponseWriter, *http.Request) error {
		return problem.New(http.StatusNotFound, "no such path")
	}))
	return mux
}

func plaintext(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, "Hello, World!") // an error is the connection's
}

func buildItem(w http.ResponseWriter, r *http.Request) error {
	found, err := item.Find(r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, mediaTypeJSON, &found)
}

func readOrder(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, orderLimit)
	if err != nil {
		return err
	}
	totals, err := order.Read(body)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, mediaTypeJSON, totals)
}

func health(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, mediaTypeJSON, struct {
		Status string `json:"status"`
	}{"ok"})
}

func otherMethod(allow string) http.Handler {
	return fallible(func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", allow)
		return problem.New(http.StatusMethodNotAllowed, "the Allow field names the methods of this path")
	})
}

// readJSON reads a body of at most limit bytes that says it is JSON. Its error is a *problem.Problem.
func readJSON(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if !calculate.IsJSON([]byte(r.Header.Get("Content-Type"))) {
		return nil, calculate.ErrNotApplicationJSON
	}
	if r.ContentLength > limit {
		w.Header().Set("Connection", "close") // else net/http would read the body before it answers
		return nil, errTooLarge
	}
	body, err := readAll(http.MaxBytesReader(w, r.Body, limit), r.ContentLength)
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, errTooSlow
	}
	if err != nil {
		return nil, errUnread
	}
	return body, nil
}

var (
	errTooLarge = problem.New(http.StatusRequestEntityTooLarge, "the body is longer than this service reads")
	errTooSlow  = problem.New(http.StatusRequestTimeout, "the request was not complete in time")
	errUnread   = problem.New(http.StatusBadRequest, "the body is not well-formed HTTP, or it ended early")
)

// readAll is io.ReadAll with the buffer that the length asks for; a length below 0 is not known.
func readAll(body io.Reader, length int64) ([]byte, error) {
	if length < 0 {
		return io.ReadAll(body)
	}
	buffer := make([]byte, length)
	_, err := io.ReadFull(body, buffer)
	return buffer, err
}

// A fallible handler returns what is wrong with the request instead of writing it.
type fallible func(w http.ResponseWriter, r *http.Request) error

func (f fallible) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := f(w, r); err != nil {
		p := problem.Of(err, 0)
		_ = writeJSON(w, p.Status, problem.MediaType, p) // a problem can be written as JSON
	}
}

func writeJSON(w http.ResponseWriter, status int, mediaType string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write(text) // an error is the connection's
	return nil
}
