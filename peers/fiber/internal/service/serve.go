package service

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/listener"
)

// drainLimit leaves time to exit within 5 s of the signal.
const drainLimit = 4 * time.Second

// Serve answers on inner until ctx is done; then it stops accepting, closes idle connections, and answers what is in
// flight, for drainLimit at the longest. It returns an error only if it could not go on serving.
func Serve(ctx context.Context, app *fiber.App, inner net.Listener) error {
	ln := listener.New(inner)
	served := make(chan error, 1)
	go func() { served <- app.Listener(ln) }()

	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	// Shutdown closes what fasthttp serves by now; the listener itself may not be among it yet.
	if err := ln.Close(); err != nil {
		return err
	}
	err := app.ShutdownWithTimeout(drainLimit)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil // a request that outlasts the limit ends with the process
	}
	return err
}
