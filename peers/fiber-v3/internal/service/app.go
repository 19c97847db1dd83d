// Package service is the HTTP service on Fiber v3: its routes, its settings, how it starts and stops.
package service

import (
	"github.com/gofiber/fiber/v3"

	"primebench/peers/fiber/internal/rules"
)

// New is the application of all three tasks; of POST /calculate with the prime that find finds, for n from 1 to maxN.
func New(find func(n int) int, maxN int) *fiber.App {
	app := fiber.New(fiber.Config{
		CaseSensitive: true,
		StrictRouting: true,
		ServerHeader:  "Go-Fiber",

		BodyLimit:      rules.BodyLimit,
		ReadBufferSize: rules.ReadBufferSize,
		ReadTimeout:    rules.ReadTimeout,
		WriteTimeout:   rules.WriteTimeout,
		IdleTimeout:    rules.IdleTimeout,

		ErrorHandler:                 refuse,
		DisablePreParseMultipartForm: true, // forms are refused: no file of one is written to disk first
	})
	app.Post(rules.PathCalculate, calculator(find, maxN))
	app.Get(rules.PathHealth, health) // and HEAD, as each Get
	app.Get(rules.PathPlaintext, plaintext)
	app.Get(rules.PathJSON+"/:id", buildItem)
	app.Post(rules.PathJSON, readOrder)
	rules.Tighten(app.Server(), fiber.DefaultMethods)
	return app
}

func health(c fiber.Ctx) error {
	return c.JSON(struct {
		Status string `json:"status"`
	}{"ok"}, fiber.MIMEApplicationJSON)
}
