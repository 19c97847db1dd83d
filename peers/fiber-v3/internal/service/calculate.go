package service

import (
	"github.com/gofiber/fiber/v3"

	"primebench/peers/fiber/internal/calculate"
)

// calculator answers with the prime that find finds, for n from 1 to maxN.
func calculator(find func(n int) int, maxN int) fiber.Handler {
	return func(c fiber.Ctx) error {
		if !calculate.IsJSON(c.Request().Header.ContentType()) {
			return calculate.ErrNotApplicationJSON
		}
		// The body as it was sent: Ctx.Body and Bind undo a Content-Encoding.
		n, err := calculate.Decode(c.BodyRaw(), maxN)
		if err != nil {
			return err
		}
		// Fiber v3 would add a charset, which application/json does not have (RFC 8259, section 11).
		return c.JSON(calculate.Calculate(find, n), fiber.MIMEApplicationJSON)
	}
}
