// Package service is the HTTP service: its routes, its limits, and how it starts and stops.
package service

import (
	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/rules"
)

// New is the application of all three tasks; it answers POST /calculate with calculate, which is Calculate or has it inside.
func New(calculate fiber.Handler) *fiber.App {
	app := fiber.New(fiber.Config{
		Prefork:       false,
		CaseSensitive: true,
		StrictRouting: true,
		ServerHeader:  "Go-Fiber",

		BodyLimit:      rules.BodyLimit,
		ReadBufferSize: rules.ReadBufferSize,
		ReadTimeout:    rules.ReadTimeout,
		WriteTimeout:   rules.WriteTimeout,
		IdleTimeout:    rules.IdleTimeout,

		ErrorHandler:                 refuse,
		DisableStartupMessage:        true,
		DisablePreParseMultipartForm: true, // forms are refused: no file of one is written to disk first
	})
	app.Post(rules.PathCalculate, calculate)
	app.Get(rules.PathHealth, health) // and HEAD, as each Get
	app.Get(rules.PathPlaintext, plaintext)
	app.Get(rules.PathJSON+"/:id", buildItem)
	app.Post(rules.PathJSON, readOrder)
	rules.Tighten(app.Server(), fiber.DefaultMethods)
	return app
}

func health(c *fiber.Ctx) error {
	return c.JSON(struct {
		Status string `json:"status"`
	}{"ok"})
}
