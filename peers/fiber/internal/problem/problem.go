// Package problem describes what was wrong with a request, as RFC 9457 problem details.
package problem

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// MediaType is the content type of a problem (RFC 9457, section 3).
const MediaType = "application/problem+json"

// A Problem is an error that a client is told about. Its type is left out, which means about:blank: the status code says
// it all (RFC 9457, section 4.2.1). Details are fixed text, so that no byte of a request is sent back.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
}

// New is the problem of a status code, titled with its phrase.
func New(status int, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// Error makes a Problem what a handler returns.
func (p *Problem) Error() string {
	return p.Title + ": " + p.Detail
}

// Handle is the application's fiber.ErrorHandler: it writes err as a problem.
func Handle(c *fiber.Ctx, err error) error {
	p := of(err)
	return c.Status(p.Status).JSON(p, MediaType)
}

// of finds the problem in err. Fiber's own errors keep their status but not their text, which quotes the request.
func of(err error) *Problem {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p
	}
	if framework := (*fiber.Error)(nil); errors.As(err, &framework) {
		return New(framework.Code, frameworkDetails[framework.Code])
	}
	return New(fiber.StatusInternalServerError, "the service failed")
}

var frameworkDetails = map[int]string{
	fiber.StatusBadRequest:                  "the request is not well-formed HTTP",
	fiber.StatusNotFound:                    "no such path",
	fiber.StatusMethodNotAllowed:            "the Allow field names the methods of this path",
	fiber.StatusRequestTimeout:              "the request was not complete in time",
	fiber.StatusRequestEntityTooLarge:       "the body is longer than this service reads",
	fiber.StatusRequestHeaderFieldsTooLarge: "the header section is longer than this service reads",
}
