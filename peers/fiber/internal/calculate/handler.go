// Package calculate answers POST /calculate: the n-th prime and how long it took to find.
package calculate

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/problem"
)

var errNotApplicationJSON = problem.New(fiber.StatusUnsupportedMediaType, "the content type is not application/json")

type response struct {
	N        int    `json:"n"`
	Prime    int    `json:"prime"`
	Duration string `json:"duration"`
}

// Handler answers with the prime that find finds, for n from 1 to maxN.
func Handler(find func(n int) int, maxN int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if !isJSON(c.Request().Header.ContentType()) {
			return errNotApplicationJSON
		}
		// The body as it was sent: Ctx.Body and BodyParser undo a Content-Encoding without a limit to what comes out.
		n, err := decode(c.BodyRaw(), maxN)
		if err != nil {
			return err
		}
		return c.JSON(answer(find, n))
	}
}

// answer times the calculation alone.
func answer(find func(n int) int, n int) response {
	start := time.Now()
	prime := find(n)
	return response{N: n, Prime: prime, Duration: time.Since(start).String()}
}
