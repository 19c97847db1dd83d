package service

import (
	"errors"

	"github.com/gofiber/fiber/v3"

	"primebench/peers/fiber/internal/problem"
)

// refuse is the application's fiber.ErrorHandler: it writes err as a problem.
func refuse(c fiber.Ctx, err error) error {
	var code int
	if own := (*fiber.Error)(nil); errors.As(err, &own) {
		code = own.Code
	}
	p := problem.Of(err, code)
	return c.Status(p.Status).JSON(p, problem.MediaType)
}
