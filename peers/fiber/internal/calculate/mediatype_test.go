package calculate

import "testing"

func TestIsJSON(t *testing.T) {
	for value, want := range map[string]bool{
		"application/json":                  true,
		"Application/JSON; charset=utf-8":   true,
		"application/json;charset=utf-8":    true,
		"application/json ; x=\"a;b\"":      true,
		"":                                  false,
		"text/plain":                        false,
		"application/jsonp":                 false,
		"application/problem+json":          false,
		"text/plain; x=application/json":    false,
		"application/x-www-form-urlencoded": false,
	} {
		if got := IsJSON([]byte(value)); got != want {
			t.Errorf("IsJSON(%q) = %t, want %t", value, got, want)
		}
	}
}
