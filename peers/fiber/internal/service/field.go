package service

import (
	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/calculate"
	"primebench/peers/fiber/internal/item"
	"primebench/peers/fiber/internal/order"
)

func plaintext(c *fiber.Ctx) error {
	return c.SendString("Hello, World!")
}

func buildItem(c *fiber.Ctx) error {
	found, err := item.Find(c.Params("id"))
	if err != nil {
		return err
	}
	return c.JSON(found)
}

func readOrder(c *fiber.Ctx) error {
	if !calculate.IsJSON(c.Request().Header.ContentType()) {
		return calculate.ErrNotApplicationJSON
	}
	totals, err := order.Read(c.BodyRaw())
	if err != nil {
		return err
	}
	return c.JSON(totals)
}
