package calculate

import (
	"encoding/json"
	"testing"

	goccy "github.com/goccy/go-json"

	"primebench/peers/fiber/internal/cases"
)

// A codec reads a request's n (0: refused) and writes the answer's text.
type codec struct {
	name   string
	decode func(body []byte) int
	encode func(answer Answer) ([]byte, error)
}

// The fast alternative reads into the same types, but looks neither for malformed UTF-8 nor at why a body is refused.
var codecs = []codec{
	{
		name: "served",
		decode: func(body []byte) int {
			n, err := Decode(body, maxN)
			if err != nil {
				return 0
			}
			return n
		},
		encode: func(answer Answer) ([]byte, error) { return json.Marshal(answer) },
	},
	{
		name: "goccy",
		decode: func(body []byte) int {
			var object *request
			if err := goccy.Unmarshal(body, &object); err != nil || object == nil {
				return 0
			}
			return object.N.value
		},
		encode: func(answer Answer) ([]byte, error) { return goccy.Marshal(answer) },
	},
}

func BenchmarkJSONDecode(b *testing.B) {
	for _, codec := range codecs {
		for _, one := range cases.Read(b).JSONDecode {
			b.Run(codec.name+"/"+one.Name, func(b *testing.B) {
				body, want := []byte(one.Body), 0
				if one.N != nil {
					want = *one.N
				}
				b.ReportAllocs()
				got := want
				for b.Loop() {
					got = codec.decode(body)
				}
				if got != want {
					b.Fatalf("Decode(%.40s) = %d, want %d", body, got, want)
				}
			})
		}
	}
}

func BenchmarkJSONEncode(b *testing.B) {
	for _, codec := range codecs {
		for _, one := range cases.Read(b).JSONEncode {
			b.Run(codec.name+"/"+one.Name, func(b *testing.B) {
				b.ReportAllocs()
				var text []byte
				for b.Loop() {
					text, _ = codec.encode(Answer{N: one.N, Prime: one.Prime, Duration: one.Elapsed.String()})
				}
				if string(text) != one.Text {
					b.Fatalf("encode(%+v) = %s", one, text)
				}
			})
		}
	}
}
