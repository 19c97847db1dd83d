package pitfall

import "github.com/gofiber/fiber/v2"

// A stageByPointer is called like a stageByValue. Escape analysis does not see what is called, so it has to assume that the
// pointer outlives the call: the request is on the heap.
type stageByPointer func(r *request) error

// ByPointer carries each request through the stages as a pointer: no call copies it, but it is allocated and collected.
func ByPointer(next fiber.Handler) fiber.Handler {
	first := stageByPointer(func(r *request) error { return next(r.context) })
	for range stages {
		first = handOnByPointer(first)
	}
	return func(c *fiber.Ctx) error {
		r := new(request)
		r.gather(c)
		return first(r)
	}
}

func handOnByPointer(next stageByPointer) stageByPointer {
	return func(r *request) error {
		r.passed++
		return next(r)
	}
}
