package document

import (
	"encoding/json"
	"errors"
	"net/http"
	"unicode/utf8"

	"primebench/peers/fiber/internal/problem"
)

// BodyLimit is the longest body of POST /json that is read.
const BodyLimit = 65_536

var (
	errNotJSON = problem.New(http.StatusBadRequest, "the body is not JSON")
	errShape   = problem.New(http.StatusUnprocessableEntity, "the body is not an order with its items and a comment")
)

// An order is the body of POST /json. Pointers tell what is missing or null from what is zero or empty.
type order struct {
	Order   *int64  `json:"order"`
	Items   []item  `json:"items"`
	Comment *string `json:"comment"`
}

type item struct {
	Name  *string   `json:"name"`
	Value *int64    `json:"value"`
	Tags  []*string `json:"tags"`
}

// A Summary is the answer to an order.
type Summary struct {
	Order   int64  `json:"order"`
	Count   int    `json:"count"`
	Sum     int64  `json:"sum"`
	Longest string `json:"longest"` // name, in bytes; the first of those that are equally long
	Tags    int    `json:"tags"`
}

// Summarise parses a body and sums it up. Its error is a *problem.Problem.
func Summarise(body []byte) (Summary, error) {
	// RFC 8259, section 8.1. encoding/json would put U+FFFD in place of what is not UTF-8.
	if !utf8.Valid(body) {
		return Summary{}, errNotJSON
	}
	var o order
	if err := json.Unmarshal(body, &o); err != nil {
		if mismatch := (*json.UnmarshalTypeError)(nil); errors.As(err, &mismatch) {
			return Summary{}, errShape
		}
		return Summary{}, errNotJSON
	}
	if o.Order == nil || o.Items == nil || o.Comment == nil {
		return Summary{}, errShape
	}
	s := Summary{Order: *o.Order, Count: len(o.Items)}
	for i := range o.Items {
		if !o.Items[i].isWhole() {
			return Summary{}, errShape
		}
		s.add(&o.Items[i])
	}
	return s, nil
}

func (i *item) isWhole() bool {
	for _, tag := range i.Tags {
		if tag == nil {
			return false
		}
	}
	return i.Name != nil && i.Value != nil && i.Tags != nil
}

func (s *Summary) add(i *item) {
	s.Sum += *i.Value
	s.Tags += len(i.Tags)
	if len(*i.Name) > len(s.Longest) {
		s.Longest = *i.Name
	}
}
