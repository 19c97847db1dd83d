package service

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// drainLimit leaves time to exit within 5 s of the signal.
const drainLimit = 4 * time.Second

// Serve answers on ln until ctx is done; then it closes idle connections and answers what is in flight.
func Serve(ctx context.Context, handler http.Handler, ln net.Listener) error {
	unspoken := connections{}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		// From the first byte: a header section and a body of 5 s each would be 10.
		ReadTimeout:    9 * time.Second,
		WriteTimeout:   0, // a calculation may take as long as it takes
		IdleTimeout:    60 * time.Second,
		MaxHeaderBytes: 4_096, // net/http adds 4,096 to it
		ConnState:      unspoken.follow,
		ErrorLog:       log.New(io.Discard, "", 0), // clients' mistakes, each of which would be a line
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.Background(), drainLimit)
	defer cancel()
	unspoken.close()
	err := server.Shutdown(limited)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // a request that outlasts the limit ends with the process
	}
	return err
}

// Connections holds those that have not sent a byte yet. Shutdown waits 5 s for the first request of each of them
// (http.Server.closeIdleConns), which is longer than this service has.
type connections struct {
	open sync.Map
}

func (c *connections) follow(connection net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.open.Store(connection, nil)
	case http.StateActive, http.StateClosed:
		c.open.Delete(connection)
	}
}

func (c *connections) close() {
	c.open.Range(func(connection, _ any) bool {
		_ = connection.(net.Conn).Close() // it may have ended
		return true
	})
}
