// Package drain serves until it is told to stop, and answers what is in flight then.
package drain

import (
	"context"
	"errors"
	"net"
	"time"

	"primebench/peers/fiber/internal/listener"
)

// limit leaves time to exit within 5 s of the signal.
const limit = 4 * time.Second

// Serve lets serve answer on inner until ctx is done; then it stops accepting and calls shutdown, which closes idle connections
// and waits for what is in flight, with the time that it may take. It returns an error only if it could not go on serving.
func Serve(ctx context.Context, inner net.Listener, serve func(net.Listener) error, shutdown func(time.Duration) error) error {
	ln := listener.New(inner)
	served := make(chan error, 1)
	go func() { served <- serve(ln) }()

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// Shutdown closes what fasthttp serves by now; the listener itself may not be among it yet.
	if err := ln.Close(); err != nil {
		return err
	}
	err := shutdown(limit)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // a request that outlasts the limit ends with the process
	}
	return err
}
