package service

import (
	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/calculate"
)

// Calculate answers with the prime that find finds, for n from 1 to maxN.
func Calculate(find func(n int) int, maxN int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !calculate.IsJSON(c.Request().Header.ContentType()) {
			return calculate.ErrNotApplicationJSON
		}
		// The body as it was sent: Ctx.Body and BodyParser undo a Content-Encoding without a limit to what comes out.
		n, err := calculate.Decode(c.BodyRaw(), maxN)
		if err != nil {
			return err
		}
		return c.JSON(calculate.Calculate(find, n))
	}
}
