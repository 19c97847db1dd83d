// Package pitfall makes the mistakes that the published article warns of, so that a measurement can tell what they cost. What
// is served without --pitfall passes none of it.
package pitfall

import "github.com/gofiber/fiber/v2"

// A Pitfall is a mistake, made around a handler that answers as it did before.
type Pitfall struct {
	Name   string
	Around func(next fiber.Handler) fiber.Handler
}

// Pitfalls lists what --pitfall takes.
var Pitfalls = []Pitfall{
	{Name: "by-value", Around: ByValue},
	{Name: "by-pointer", Around: ByPointer},
	{Name: "leak", Around: Leak},
}

// Names lists the names of the pitfalls.
func Names() []string {
	names := make([]string, len(Pitfalls))
	for i, one := range Pitfalls {
		names[i] = one.Name
	}
	return names
}

// Around is next with the pitfall of that name around it, and next itself without a name.
func Around(name string, next fiber.Handler) fiber.Handler {
	for _, one := range Pitfalls {
		if one.Name == name {
			return one.Around(next)
		}
	}
	return next
}
