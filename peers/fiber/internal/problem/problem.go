// Package problem describes what was wrong with a request, as RFC 9457 problem details.
package problem

import (
	"errors"
	"net/http"
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

// Of finds the problem in err. The framework's own errors keep their status code (0: err is none of them) but not their text,
// which quotes the request.
func Of(err error, code int) *Problem {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p
	}
	if code != 0 {
		return New(code, frameworkDetails[code])
	}
	return New(http.StatusInternalServerError, "the service failed")
}

var frameworkDetails = map[int]string{
	http.StatusBadRequest:                  "the request is not well-formed HTTP",
	http.StatusNotFound:                    "no such path",
	http.StatusMethodNotAllowed:            "the Allow field names the methods of this path",
	http.StatusRequestTimeout:              "the request was not complete in time",
	http.StatusRequestEntityTooLarge:       "the body is longer than this service reads",
	http.StatusRequestHeaderFieldsTooLarge: "the header section is longer than this service reads",
}
