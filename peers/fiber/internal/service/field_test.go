package service

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPlaintext(t *testing.T) {
	response, body := ask(t, httptest.NewRequest(http.MethodGet, "/plaintext?x=1", nil))
	if response.StatusCode != http.StatusOK || body != "Hello, World!" {
		t.Errorf("%s %q", response.Status, body)
	}
	if got := response.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("content type %q", got)
	}
}

func TestItem(t *testing.T) {
	response, body := ask(t, httptest.NewRequest(http.MethodGet, "/json/1000000", nil))
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, content type %q", response.Status, response.Header.Get("Content-Type"))
	}
	if !strings.HasSuffix(body, `"next":"/json/1"}`) {
		t.Errorf("%s", body)
	}
}

func TestOrderIsReadUpToItsOwnLimit(t *testing.T) {
	order := func(length int) string {
		return `{"order":7,"items":[],"comment":"` + strings.Repeat("c", length) + `"}`
	}
	for _, target := range []string{"/json", "/json?x=1", "http://x/json"} {
		request := httptest.NewRequest(http.MethodPost, "/json", strings.NewReader(order(60_000)))
		request.URL.Opaque = target
		request.Header.Set("Content-Type", "application/json")
		response, body := ask(t, request)
		if want := `{"order":7,"count":0,"sum":0,"longest":"","tags":0}`; response.StatusCode != http.StatusOK || body != want {
			t.Errorf("%s: %s %s, want %s", target, response.Status, body, want)
		}
	}
}

func TestFieldRefusals(t *testing.T) {
	const json = "application/json"
	for _, test := range []struct {
		method, target, contentType, body string
		status                            int
		allow                             string
	}{
		{"POST", "/plaintext", "", "", 405, "GET, HEAD"},
		{"GET", "/plaintext/", "", "", 404, ""},
		{"GET", "/json", "", "", 405, "POST"},
		{"PUT", "/json/7", json, "{}", 405, "GET, HEAD"},
		{"GET", "/json/0", "", "", 404, ""},
		{"GET", "/json/one", "", "", 404, ""},
		{"GET", "/json/7/more", "", "", 404, ""},
		{"POST", "/json", "text/plain", "{}", 415, ""},
		{"POST", "/json", json, "{", 400, ""},
		{"POST", "/json", json, "{}", 422, ""},
	} {
		t.Run(test.method+" "+test.target+" "+http.StatusText(test.status), func(t *testing.T) {
			request := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
			if test.contentType != "" {
				request.Header.Set("Content-Type", test.contentType)
			}
			response, body := ask(t, request)
			if got := response.Header.Get("Allow"); response.StatusCode != test.status || got != test.allow {
				t.Errorf("%s, Allow %q", response.Status, got)
			}
			checkProblem(t, response, body, test.status)
		})
	}
}
