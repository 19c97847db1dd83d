package document

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"primebench/peers/fiber/internal/problem"
)

// The items of the task's text, written out by hand.
const (
	item7 = `{"id":7,"name":"item-7","active":false,"score":1.75,"quantity":7,"price_cents":175,"currency":"EUR",` +
		`"category":"category-7","sku":"SKU-00000007","tags":["t0","t7","t7"],"dimensions":{"width":7,"height":7,"depth":7},` +
		`"weight_g":8,"rating":3.5,"reviews":7,"in_stock":true,"supplier":"supplier-2",` +
		`"description":"Item 7: \"quoted\", a back\\slash and a line\nbreak","note":"Zürich №7","created":1700000007,"next":"/json/8"}`
	itemLast = `{"id":1000000,"name":"item-1000000","active":true,"score":250000,"quantity":0,"price_cents":0,"currency":"EUR",` +
		`"category":"category-0","sku":"SKU-01000000","tags":["t1","t1","t1"],"dimensions":{"width":100,"height":76,"depth":85},` +
		`"weight_g":1,"rating":0.5,"reviews":529,"in_stock":true,"supplier":null,` +
		`"description":"Item 1000000: \"quoted\", a back\\slash and a line\nbreak","note":"Zürich №1000000","created":1701000000,"next":"/json/1"}`
)

func TestItemsAreThoseOfTheTask(t *testing.T) {
	for id, want := range map[int]string{7: item7, LargestID: itemLast} {
		got, err := json.Marshal(NewItem(id))
		if err != nil || string(got) != want {
			t.Errorf("item %d (%v):\n got %s\nwant %s", id, err, got, want)
		}
	}
}

func TestIDsAreNumbersInDigits(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "7": 7, "1000000": LargestID} {
		if id, ok := ParseID(text); !ok || id != want {
			t.Errorf("%q: got %d, %t", text, id, ok)
		}
	}
	for _, text := range []string{"", "0", "-1", "+1", "1000001", "18446744073709551617", "x", "1x", "1.0", "0x1", "1_0", " 1"} {
		if id, ok := ParseID(text); ok {
			t.Errorf("%q: got %d, want none", text, id)
		}
	}
}

func TestAnOrderIsSummedUp(t *testing.T) {
	body := `{"order":5,"comment":"","items":[{"name":"ab","value":9007199254740993,"tags":["x","y"]},` +
		`{"name":"№","value":-1,"tags":[]},{"name":"abc","value":3,"tags":["z"],"more":1}]}`
	got, err := Summarise([]byte(body))
	if want := (Summary{Order: 5, Count: 3, Sum: 9007199254740995, Longest: "№", Tags: 3}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	if got, err := Summarise([]byte(`{"order":0,"items":[],"comment":"x"}`)); err != nil || got != (Summary{}) {
		t.Errorf("without items: got %+v, %v", got, err)
	}
}

func TestWhatIsNoOrderIsRefused(t *testing.T) {
	for status, bodies := range map[int][]string{
		400: {"", "{", "order=1", `{"order":1,}`, `{"order":1} x`, "{\"order\":\"\xff\"}", `{"order":01}`},
		422: {"null", "[]", "1", `"x"`, "{}",
			`{"order":"1","items":[],"comment":""}`, `{"order":1.5,"items":[],"comment":""}`, `{"order":1,"items":{},"comment":""}`,
			`{"order":1,"items":[]}`, `{"order":1,"items":null,"comment":""}`, `{"order":1,"items":[1],"comment":""}`,
			`{"order":1,"items":[{"name":"a","value":1}],"comment":""}`, `{"order":1,"items":[{"name":null,"value":1,"tags":[]}],"comment":""}`,
			`{"order":1,"items":[{"name":"a","value":1,"tags":[null]}],"comment":""}`, `{"order":1,"items":[{"name":"a","value":1,"tags":[1]}],"comment":""}`,
			`{"order":1,"items":[{"name":"a","value":1e99,"tags":[]}],"comment":""}`},
	} {
		for _, body := range bodies {
			_, err := Summarise([]byte(body))
			if p := (*problem.Problem)(nil); !errors.As(err, &p) || p.Status != status {
				t.Errorf("%s: got %v, want %d", strings.ToValidUTF8(body, "?"), err, status)
			}
		}
	}
}
