// Package document is the work of the task json, without a server: a document built for a number, and one parsed and summed up.
package document

import (
	"fmt"
	"strconv"
)

// LargestID is the last number that there is an item for; the first is 1.
const LargestID = 1_000_000

// An Item is the document of GET /json/{id}, with its keys in the task's order.
type Item struct {
	ID          int        `json:"id"`
	Name        string     `json:"name"`
	Active      bool       `json:"active"`
	Score       float64    `json:"score"`
	Quantity    int        `json:"quantity"`
	PriceCents  int        `json:"price_cents"`
	Currency    string     `json:"currency"`
	Category    string     `json:"category"`
	SKU         string     `json:"sku"`
	Tags        []string   `json:"tags"`
	Dimensions  Dimensions `json:"dimensions"`
	WeightG     int        `json:"weight_g"`
	Rating      float64    `json:"rating"`
	Reviews     int        `json:"reviews"`
	InStock     bool       `json:"in_stock"`
	Supplier    *string    `json:"supplier"` // null where there is none
	Description string     `json:"description"`
	Note        string     `json:"note"`
	Created     int        `json:"created"`
	Next        string     `json:"next"`
}

// Dimensions is the object within.
type Dimensions struct {
	Width  int `json:"width"`
	Height int `json:"height"`
	Depth  int `json:"depth"`
}

// ParseID reads a number from 1 to LargestID that is written in digits alone.
func ParseID(text string) (id int, ok bool) {
	if len(text) > 7 || len(text) == 0 || text[0] == '+' || text[0] == '-' {
		return 0, false
	}
	id, err := strconv.Atoi(text)
	return id, err == nil && 1 <= id && id <= LargestID
}

// NewItem makes the item of a number from 1 to LargestID.
func NewItem(id int) *Item {
	number := strconv.Itoa(id)
	return &Item{
		ID:          id,
		Name:        "item-" + number,
		Active:      id%2 == 0,
		Score:       float64(id) / 4,
		Quantity:    id % 1_000,
		PriceCents:  id * 25 % 100_000,
		Currency:    "EUR",
		Category:    "category-" + strconv.Itoa(id%16),
		SKU:         fmt.Sprintf("SKU-%08d", id),
		Tags:        []string{"t" + strconv.Itoa(id%7), "t" + strconv.Itoa(id%11), "t" + strconv.Itoa(id%13)},
		Dimensions:  Dimensions{Width: id % 101, Height: id % 103, Depth: id % 107},
		WeightG:     id%5_000 + 1,
		Rating:      float64(id%11) / 2,
		Reviews:     id % 977,
		InStock:     id%3 != 0,
		Supplier:    supplier(id % 5),
		Description: "Item " + number + ": \"quoted\", a back\\slash and a line\nbreak",
		Note:        "Zürich №" + number,
		Created:     1_700_000_000 + id,
		Next:        "/json/" + strconv.Itoa(id%LargestID+1),
	}
}

func supplier(number int) *string {
	if number == 0 {
		return nil
	}
	name := "supplier-" + strconv.Itoa(number)
	return &name
}
