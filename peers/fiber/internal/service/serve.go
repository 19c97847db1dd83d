package service

import (
	"context"
	"net"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/drain"
)

// Serve answers on inner until ctx is done; then it drains.
func Serve(ctx context.Context, app *fiber.App, inner net.Listener) error {
	return drain.Serve(ctx, inner, app.Listener, app.ShutdownWithTimeout)
}
