// Package calculate is what POST /calculate asks and is answered, without a framework: JSON in, JSON out.
package calculate

import (
	"net/http"
	"time"

	"primebench/peers/fiber/internal/problem"
)

// ErrNotApplicationJSON is a request whose content type is another one.
var ErrNotApplicationJSON = problem.New(http.StatusUnsupportedMediaType, "the content type is not application/json")

// An Answer is the body of a 200.
type Answer struct {
	N        int    `json:"n"`
	Prime    int    `json:"prime"`
	Duration string `json:"duration"`
}

// Calculate finds the prime, and times that alone.
func Calculate(find func(n int) int, n int) Answer {
	start := time.Now()
	prime := find(n)
	return Answer{N: n, Prime: prime, Duration: time.Since(start).String()}
}
