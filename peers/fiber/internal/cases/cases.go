// Package cases reads microbench/cases.json: what the benchmarks of every language ask, and what must be answered.
package cases

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// ofCheckout is where the file lies, seen from a package below internal.
const ofCheckout = "../../../../microbench/cases.json"

// A PrimeLoop is one n, with its prime and the divisions of the reference tier.
type PrimeLoop struct {
	N         int `json:"n"`
	Prime     int `json:"prime"`
	Divisions int `json:"divisions"`
}

// A JSONDecode is one body; without an N it is to be refused.
type JSONDecode struct {
	Name string `json:"name"`
	Body string `json:"body"`
	N    *int   `json:"n"`
}

// A JSONEncode is one answer and its text.
type JSONEncode struct {
	Name    string        `json:"name"`
	N       int           `json:"n"`
	Prime   int           `json:"prime"`
	Elapsed time.Duration `json:"elapsed_ns"`
	Text    string        `json:"text"`
}

// A File is the whole of it.
type File struct {
	PrimeLoop  []PrimeLoop  `json:"prime_loop"`
	JSONDecode []JSONDecode `json:"json_decode"`
	JSONEncode []JSONEncode `json:"json_encode"`
}

// Read returns the contents of the file that PRIMEBENCH_CASES names, or else of the checkout's. It ends the test if there
// is none.
func Read(tb testing.TB) File {
	tb.Helper()
	path := os.Getenv("PRIMEBENCH_CASES")
	if path == "" {
		path = ofCheckout
	}
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var file File
	if err := json.Unmarshal(text, &file); err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	return file
}
