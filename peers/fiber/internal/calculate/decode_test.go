package calculate

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"primebench/peers/fiber/internal/problem"
)

const maxN = 100_000

func TestDecode(t *testing.T) {
	for _, test := range []struct {
		body string
		n    int
	}{
		{`{"n":1}`, 1},
		{`{"n":10000}`, 10_000},
		{`{"n":100000}`, maxN},
		{" \t\r\n{ \"n\" : 4 }\n ", 4},
		{`{"\u006e":3}`, 3},
		{`{"x":{"n":"y"},"n":5,"z":[null,true,{}]}`, 5},
		{`{"N":7,"n":5}`, 5},
		{`{"n":5,"N":"x"}`, 5},
		{`{"n":5,"x":1e99999999}`, 5},
		{`{"n":5,"x":` + strings.Repeat("9", 3_000) + `}`, 5},
		{`{"n":5,"x":"` + strings.Repeat("µ", 1_000) + `"}`, 5},
		{`{"n":5,"x":` + strings.Repeat("[", 2_000) + strings.Repeat("]", 2_000) + `}`, 5},
	} {
		if n, err := Decode([]byte(test.body), maxN); n != test.n || err != nil {
			t.Errorf("Decode(%.60s) = %d, %v, want %d", test.body, n, err, test.n)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	for status, bodies := range map[int][]string{
		400: {
			"", " ", "{", `{"n"`, `{"n":1`, `{"n":1,}`, `{"n":1}x`, "{\"n\":1}\x00", `{"n":1}{"n":2}`, `{'n':1}`, `{n:1}`,
			"// c\n{\"n\":1}", `{"n":1/**/}`, `{"n":01}`, `{"n":+1}`, `{"n":.5}`, `{"n":1.}`, `{"n":NaN}`, `{"n":Infinity}`,
			"{\"n\":1,\"x\":\"\xff\"}", "{\"n\":1,\"\xc0\xaf\":2}", "{\"n\":1,\"x\":\"a\nb\"}", `{"n":"5","x":}`,
			`[10000]`, `[]`, `5`, `"x"`, `null`, `true`,
		},
		422: {
			`{}`, `{"N":1}`, `{"x":{"n":1}}`,
			`{"n":null}`, `{"n":true}`, `{"n":"5"}`, `{"n":""}`, `{"n":[]}`, `{"n":{}}`, `{"n":[1]}`,
			`{"n":1.5}`, `{"n":1.0}`, `{"n":1e4}`, `{"n":1E+4}`, `{"n":12.000000000000000e-2147483639}`, `{"n":1e999999}`,
			`{"n":0}`, `{"n":-0}`, `{"n":-1}`, `{"n":100001}`, `{"n":9223372036854775808}`, `{"n":18446744073709551617}`,
			`{"n":-18446744073709551617}`, `{"n":` + strings.Repeat("9", 100) + `}`,
		},
	} {
		for _, body := range bodies {
			n, err := Decode([]byte(body), maxN)
			var p *problem.Problem
			if !errors.As(err, &p) {
				t.Errorf("Decode(%.60q) = %d, %v, want a problem", body, n, err)
				continue
			}
			if p.Status != status {
				t.Errorf("Decode(%.60q): %d %s, want %d", body, p.Status, p.Detail, status)
			}
		}
	}
}

// FuzzDecode compares Decode with a slower way to the same answer: a map of the object's raw values.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"n":10}`, `{"N":1,"n":1.0}`, `[{"n":1}]`, `null`, "{\"n\":1,\"\xff\":2}", `{"n":1,"n":2}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var object map[string]json.RawMessage
		isObject := json.Unmarshal(body, &object) == nil && object != nil && utf8.Valid(body)

		n, err := Decode(body, maxN)
		if err == nil {
			if got := string(object["n"]); !isObject || got != strconv.Itoa(n) {
				t.Fatalf("Decode(%q) = %d, but n is %q", body, n, got)
			}
			return
		}
		var p *problem.Problem
		if !errors.As(err, &p) {
			t.Fatalf("Decode(%q): %v, want a problem", body, err)
		}
		if want := map[bool]int{true: 422, false: 400}[isObject]; p.Status != want {
			t.Fatalf("Decode(%q): %d %s, want %d", body, p.Status, p.Detail, want)
		}
	})
}
