package pitfall

import (
	"bytes"
	"context"
	"io"

	"github.com/gofiber/fiber/v2"
)

// recordSize is large enough for the leak to show within a few seconds of some hundred requests.
const recordSize = 8 << 10

// Leak starts a goroutine for each request, which waits for a cancellation that never comes. It keeps its stack and the
// record that it would write: about 11 KB a request.
func Leak(next fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		record := bytes.Repeat([]byte{' '}, recordSize)
		copy(record, c.BodyRaw())
		go writeAtEnd(context.Background(), record)
		return next(c)
	}
}

// writeAtEnd is right with a context that ends. The background never does.
func writeAtEnd(ctx context.Context, record []byte) {
	<-ctx.Done()
	_, _ = io.Discard.Write(record)
}
