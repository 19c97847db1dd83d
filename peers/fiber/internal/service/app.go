// Package service is the HTTP service: its routes, its limits, and how it starts and stops.
package service

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/problem"
)

const (
	pathCalculate = "/calculate"
	pathHealth    = "/health"
)

const (
	bodyLimit   = 4_096
	headerLimit = 8_192

	// fasthttp has one deadline for a request, from its first byte to its last, and none for a stall within it. The contract
	// lets a stalled client go within 10 s: nearly all of that, so that a body which is merely slow has time to arrive.
	readTimeout  = 9 * time.Second
	writeTimeout = 5 * time.Second
	idleTimeout  = 60 * time.Second
)

// fasthttp reads the request line and the header section through one buffer; what does not fit is answered with 431.
const readBufferSize = len("POST "+pathCalculate+" HTTP/1.1\r\n") + headerLimit

// New is the application that answers POST /calculate with calculate.
func New(calculate fiber.Handler) *fiber.App {
	app := fiber.New(fiber.Config{
		Prefork:       false,
		CaseSensitive: true,
		StrictRouting: true,
		ServerHeader:  "Go-Fiber",

		BodyLimit:      bodyLimit,
		ReadBufferSize: readBufferSize,
		ReadTimeout:    readTimeout,
		WriteTimeout:   writeTimeout,
		IdleTimeout:    idleTimeout,

		ErrorHandler:                 problem.Handle,
		DisableStartupMessage:        true,
		DisablePreParseMultipartForm: true, // forms are refused: no file of one is written to disk first
	})
	app.Post(pathCalculate, calculate)
	app.Get(pathHealth, health) // and HEAD
	tighten(app.Server())
	return app
}

func health(c *fiber.Ctx) error {
	return c.JSON(struct {
		Status string `json:"status"`
	}{"ok"})
}
