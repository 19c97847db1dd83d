package service

import (
	"context"
	"net"

	"github.com/gofiber/fiber/v3"

	"primebench/peers/fiber/internal/drain"
)

// Serve answers on inner until ctx is done; then it drains.
func Serve(ctx context.Context, app *fiber.App, inner net.Listener) error {
	serve := func(ln net.Listener) error {
		return app.Listener(ln, fiber.ListenConfig{DisableStartupMessage: true})
	}
	return drain.Serve(ctx, inner, serve, app.ShutdownWithTimeout)
}
