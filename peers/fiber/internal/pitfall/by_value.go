package pitfall

import "github.com/gofiber/fiber/v2"

// A stageByValue gets a copy of the request of its own. Stages call each other through function values, as middleware does:
// what is called is known at run time only, so that nothing is inlined.
type stageByValue func(r request) error

// ByValue carries each request through the stages as a value: every call copies the whole of it, on the stack.
func ByValue(next fiber.Handler) fiber.Handler {
	first := stageByValue(func(r request) error { return next(r.context) })
	for range stages {
		first = handOnByValue(first)
	}
	return func(c *fiber.Ctx) error {
		var r request
		r.gather(c)
		return first(r)
	}
}

func handOnByValue(next stageByValue) stageByValue {
	return func(r request) error {
		r.passed++
		return next(r)
	}
}
