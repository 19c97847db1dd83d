package order

import (
	"errors"
	"testing"

	"primebench/peers/fiber/internal/problem"
)

func TestTotals(t *testing.T) {
	for _, test := range []struct {
		body string
		want Totals
	}{
		{`{"order":7,"items":[],"comment":""}`, Totals{Order: 7}},
		{
			`{"order":1,"items":[{"name":"elm","value":4294967296,"tags":["a"]},{"name":"öl","value":-1,"tags":[]},` +
				`{"name":"naïve","value":1,"tags":["b","c"]},{"name":"kapok1","value":0,"tags":[]}],"comment":"x","more":[null]}`,
			Totals{Order: 1, Count: 4, Sum: 4_294_967_296, Longest: "naïve", Tags: 3},
		},
	} {
		if got, err := Read([]byte(test.body)); got != test.want || err != nil {
			t.Errorf("Read(%.40s) = %+v, %v, want %+v", test.body, got, err, test.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for status, bodies := range map[int][]string{
		400: {"", "{", `{"order":7,"items":[`, `{"order":7,"items":[],"comment":"","more":-}`, "{\"comment\":\"\xff\"}"},
		422: {
			`[1,2,3]`, `null`, `7`, `{}`, `{"order":7,"comment":""}`, `{"items":[],"comment":""}`, `{"order":7,"items":[]}`,
			`{"order":"7","items":[],"comment":""}`, `{"order":7,"items":null,"comment":""}`, `{"order":7,"items":{},"comment":""}`,
			`{"order":7,"items":[{"name":"a","value":"1","tags":[]}],"comment":""}`,
			`{"order":7,"items":[{"name":"a","value":1.5,"tags":[]}],"comment":""}`,
			`{"order":7,"items":[{"name":"a","value":1,"tags":["b",2]}],"comment":""}`,
			`{"order":7,"items":[{"value":1,"tags":[]}],"comment":""}`,
			`{"order":7,"items":[{"name":"a","tags":[]}],"comment":""}`,
			`{"order":7,"items":[{"name":"a","value":1}],"comment":""}`,
		},
	} {
		for _, body := range bodies {
			totals, err := Read([]byte(body))
			var p *problem.Problem
			if !errors.As(err, &p) || p.Status != status {
				t.Errorf("Read(%.60q) = %+v, %v, want %d", body, totals, err, status)
			}
		}
	}
}
