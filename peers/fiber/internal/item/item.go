// Package item is what GET /json/{id} is answered: a document of 20 fields, made from its id. docs/reference/field-tasks.md says
// what each field is.
package item

import (
	"fmt"
	"net/http"
	"strconv"

	"primebench/peers/fiber/internal/problem"
)

const last = 1_000_000

// ErrNoSuchItem is an id that names nothing.
var ErrNoSuchItem = problem.New(http.StatusNotFound, "items have ids from 1 to 1000000")

// An Item is the body of a 200.
type Item struct {
	ID          uint64     `json:"id"`
	Name        string     `json:"name"`
	Active      bool       `json:"active"`
	Score       float64    `json:"score"`
	Quantity    uint64     `json:"quantity"`
	PriceCents  uint64     `json:"price_cents"`
	Currency    string     `json:"currency"`
	Category    string     `json:"category"`
	SKU         string     `json:"sku"`
	Tags        []string   `json:"tags"`
	Dimensions  Dimensions `json:"dimensions"`
	WeightG     uint64     `json:"weight_g"`
	Rating      float64    `json:"rating"`
	Reviews     uint64     `json:"reviews"`
	InStock     bool       `json:"in_stock"`
	Supplier    *string    `json:"supplier"`
	Description string     `json:"description"`
	Note        string     `json:"note"`
	Created     uint64     `json:"created"`
	Next        string     `json:"next"`
}

// Dimensions are an item's.
type Dimensions struct {
	Width  uint64 `json:"width"`
	Height uint64 `json:"height"`
	Depth  uint64 `json:"depth"`
}

// Find makes the item whose id is written in decimal digits.
func Find(digits string) (Item, error) {
	id, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || id < 1 || id > last {
		return Item{}, ErrNoSuchItem
	}
	text := strconv.FormatUint(id, 10)
	return Item{
		ID:          id,
		Name:        "item-" + text,
		Active:      id%2 == 0,
		Score:       float64(id) / 4,
		Quantity:    id % 1000,
		PriceCents:  id * 25 % 100_000,
		Currency:    "EUR",
		Category:    numbered("category-", id%16),
		SKU:         fmt.Sprintf("SKU-%08d", id),
		Tags:        []string{numbered("t", id%7), numbered("t", id%11), numbered("t", id%13)},
		Dimensions:  Dimensions{Width: id % 101, Height: id % 103, Depth: id % 107},
		WeightG:     id%5000 + 1,
		Rating:      float64(id%11) / 2,
		Reviews:     id % 977,
		InStock:     id%3 != 0,
		Supplier:    supplier(id),
		Description: "Item " + text + ": \"quoted\", a back\\slash and a line\nbreak",
		Note:        "Zürich №" + text,
		Created:     1_700_000_000 + id,
		Next:        numbered("/json/", id%last+1),
	}, nil
}

func supplier(id uint64) *string {
	if id%5 == 0 {
		return nil
	}
	name := numbered("supplier-", id%5)
	return &name
}

func numbered(name string, number uint64) string {
	return name + strconv.FormatUint(number, 10)
}
