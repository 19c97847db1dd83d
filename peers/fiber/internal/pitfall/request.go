package pitfall

import "github.com/gofiber/fiber/v2"

// stages is how many functions hand a request on before it is answered.
const stages = 4

// A request is what a service may gather before it answers: a large struct, of 1 KiB.
type request struct {
	context *fiber.Ctx
	passed  int // stages that it has passed
	length  int
	body    [1_000]byte
}

// gather fills in the request that c is about, with as much of its body as there is room for.
func (r *request) gather(c *fiber.Ctx) {
	r.context = c
	r.length = copy(r.body[:], c.BodyRaw())
}
