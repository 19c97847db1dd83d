package item

import (
	"encoding/json"
	"errors"
	"testing"
)

const seven = `{"id":7,"name":"item-7","active":false,"score":1.75,"quantity":7,"price_cents":175,"currency":"EUR",` +
	`"category":"category-7","sku":"SKU-00000007","tags":["t0","t7","t7"],"dimensions":{"width":7,"height":7,"depth":7},` +
	`"weight_g":8,"rating":3.5,"reviews":7,"in_stock":true,"supplier":"supplier-2",` +
	`"description":"Item 7: \"quoted\", a back\\slash and a line\nbreak","note":"Zürich №7","created":1700000007,"next":"/json/8"}`

func TestItemIsTheContracts(t *testing.T) {
	item, err := Find("7")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := json.Marshal(item); string(got) != seven || err != nil {
		t.Errorf("%s, %v, want %s", got, err, seven)
	}
}

func TestItemsAtTheEdges(t *testing.T) {
	item, err := Find("1000000")
	if err != nil {
		t.Fatal(err)
	}
	if item.Next != "/json/1" || item.Supplier != nil || item.SKU != "SKU-01000000" || item.Score != 250_000 {
		t.Errorf("%+v", item)
	}
	for _, digits := range []string{"0", "1000001", "18446744073709551617", "one", "", "-1", "+1", "1.0", " 1"} {
		if _, err := Find(digits); !errors.Is(err, ErrNoSuchItem) {
			t.Errorf("Find(%q): %v, want that there is none", digits, err)
		}
	}
}
