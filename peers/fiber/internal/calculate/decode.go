package calculate

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"unicode/utf8"

	"primebench/peers/fiber/internal/problem"
)

var (
	errNotJSON    = problem.New(http.StatusBadRequest, "the body is not JSON")
	errNotObject  = problem.New(http.StatusBadRequest, "the body is not a JSON object")
	errNotInteger = problem.New(http.StatusUnprocessableEntity, "n is not an integer written in digits alone")
	errMissing    = problem.New(http.StatusUnprocessableEntity, "n is missing")
)

type request struct {
	N index `json:"n"`
	// encoding/json takes a key in another case where the struct has no field of that very name.
	// This field is that name, so that "N" is a key like any other.
	OtherCase ignored `json:"N"`
}

// Decode reads n from a JSON body: an integer from 1 to maxN.
func Decode(body []byte, maxN int) (int, error) {
	// RFC 8259, section 8.1. encoding/json would put U+FFFD in place of what is not UTF-8.
	if !utf8.Valid(body) {
		return 0, errNotJSON
	}
	// Into a pointer, because null leaves a struct as it was, but sets a pointer to nil.
	var object *request
	if err := json.Unmarshal(body, &object); err != nil {
		return 0, reason(err)
	}
	if object == nil {
		return 0, errNotObject
	}
	if !object.N.present {
		return 0, errMissing
	}
	if object.N.value < 1 || object.N.value > maxN {
		return 0, problem.New(http.StatusUnprocessableEntity, fmt.Sprintf("n is not from 1 to %d", maxN))
	}
	return object.N.value, nil
}

// reason tells apart what json.Unmarshal reports: n is no integer, the top level is no object, or the text is not JSON.
func reason(err error) *problem.Problem {
	if errors.Is(err, errNotInteger) {
		return errNotInteger
	}
	if mismatch := (*json.UnmarshalTypeError)(nil); errors.As(err, &mismatch) {
		return errNotObject
	}
	return errNotJSON
}

// index is an integer as RFC 8259 writes it, without fraction or exponent: 1.0 and 1e4 are integers in value alone.
type index struct {
	value   int
	present bool
}

func (i *index) UnmarshalJSON(token []byte) error {
	i.present = true
	value, err := strconv.Atoi(string(token))
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return errNotInteger
	}
	i.value = value // beyond the range of int: the end of the range, which no limit reaches
	return nil
}

// ignored takes any value and keeps nothing.
type ignored struct{}

func (*ignored) UnmarshalJSON([]byte) error { return nil }
