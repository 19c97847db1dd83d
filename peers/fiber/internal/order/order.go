// Package order is what POST /json asks and is answered: a document of items, and what there is to say of it.
// docs/reference/field-tasks.md has the rules.
package order

import (
	"encoding/json"
	"errors"
	"net/http"
	"unicode/utf8"

	"primebench/peers/fiber/internal/problem"
)

var (
	errNotJSON  = problem.New(http.StatusBadRequest, "the body is not JSON")
	errNotOrder = problem.New(http.StatusUnprocessableEntity, "the body is no order: an object with order, items and comment")
)

// An order is the body of a request. Pointers tell what is missing from what is 0 or empty.
type order struct {
	Order   *int64  `json:"order"`
	Items   []item  `json:"items"`
	Comment *string `json:"comment"`
}

type item struct {
	Name  *string  `json:"name"`
	Value *int64   `json:"value"`
	Tags  []string `json:"tags"`
}

// Totals are the body of a 200.
type Totals struct {
	Order   int64  `json:"order"`
	Count   int    `json:"count"`
	Sum     int64  `json:"sum"`
	Longest string `json:"longest"`
	Tags    int    `json:"tags"`
}

// Read reads an order from a JSON body and adds it up.
func Read(body []byte) (Totals, error) {
	// RFC 8259, section 8.1. encoding/json would put U+FFFD in place of what is not UTF-8.
	if !utf8.Valid(body) {
		return Totals{}, errNotJSON
	}
	var asked order
	if err := json.Unmarshal(body, &asked); err != nil {
		if mismatch := (*json.UnmarshalTypeError)(nil); errors.As(err, &mismatch) {
			return Totals{}, errNotOrder
		}
		return Totals{}, errNotJSON
	}
	if asked.Order == nil || asked.Items == nil || asked.Comment == nil {
		return Totals{}, errNotOrder
	}
	totals := Totals{Order: *asked.Order, Count: len(asked.Items)}
	for i := range asked.Items {
		one := &asked.Items[i]
		if one.Name == nil || one.Value == nil || one.Tags == nil {
			return Totals{}, errNotOrder
		}
		totals.Sum += *one.Value
		totals.Tags += len(one.Tags)
		if len(*one.Name) > len(totals.Longest) {
			totals.Longest = *one.Name
		}
	}
	return totals, nil
}
