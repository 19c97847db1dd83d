package service

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v3"

	"primebench/peers/fiber/internal/prime"
	"primebench/peers/fiber/internal/problem"
)

func newApp() *fiber.App {
	return New(prime.Reference, 100_000)
}

func ask(t *testing.T, request *http.Request) (*http.Response, string) {
	t.Helper()
	response, err := newApp().Test(request, fiber.TestConfig{Timeout: 0})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestCalculate(t *testing.T) {
	request := httptest.NewRequest(http.MethodPost, "/calculate?x=1", strings.NewReader(`{"n": 10000}`))
	request.Header.Set("Content-Type", "Application/JSON; charset=utf-8")
	response, body := ask(t, request)
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, content type %q", response.Status, response.Header.Get("Content-Type"))
	}
	if !strings.HasPrefix(body, `{"n":10000,"prime":104729,"duration":"`) {
		t.Errorf("%s", body)
	}
	if response.Header.Get("Date") == "" || response.Header.Get("Server") != "Go-Fiber" {
		t.Errorf("header %v lacks Date, or Server: Go-Fiber", response.Header)
	}
}

func TestHealth(t *testing.T) {
	response, body := ask(t, httptest.NewRequest(http.MethodGet, "/health", nil))
	if response.StatusCode != http.StatusOK || body != `{"status":"ok"}` {
		t.Errorf("GET: %s %s", response.Status, body)
	}
	if got := response.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("GET: content type %q", got)
	}
	length := response.ContentLength
	response, body = ask(t, httptest.NewRequest(http.MethodHead, "/health", nil))
	if response.StatusCode != http.StatusOK || body != "" || response.ContentLength != length {
		t.Errorf("HEAD: %s %q, length %d, want that of GET, %d", response.Status, body, response.ContentLength, length)
	}
}

func TestRefusals(t *testing.T) {
	const json = "application/json"
	for _, test := range []struct {
		method, target, contentType, body string
		status                            int
		allow                             string
	}{
		{"GET", "/", "", "", 404, ""},
		{"POST", "/calculate/", json, `{"n":1}`, 404, ""},
		{"POST", "/Calculate", json, `{"n":1}`, 404, ""},
		{"BREW", "/nothing", "", "", 404, ""},
		{"GET", "/calculate", "", "", 405, "POST"},
		{"HEAD", "/calculate", "", "", 405, "POST"},
		{"BREW", "/calculate", json, `{"n":1}`, 405, "POST"},
		{"POST", "/health", json, `{"n":1}`, 405, "GET, HEAD"},
		{"PATCH", "/health", "", "", 405, "GET, HEAD"},
		{"POST", "/calculate", "", `{"n":1}`, 415, ""},
		{"POST", "/calculate", "text/plain", `{"n":1}`, 415, ""},
		{"POST", "/calculate", json, `{"n":`, 400, ""},
		{"POST", "/calculate", json, `{}`, 422, ""},
	} {
		t.Run(test.method+" "+test.target+" "+http.StatusText(test.status), func(t *testing.T) {
			request := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
			if test.contentType != "" {
				request.Header.Set("Content-Type", test.contentType)
			}
			response, body := ask(t, request)
			if response.StatusCode != test.status {
				t.Errorf("status %d, want %d", response.StatusCode, test.status)
			}
			if got := response.Header.Get("Allow"); got != test.allow {
				t.Errorf("Allow %q, want %q", got, test.allow)
			}
			if test.method != http.MethodHead {
				checkProblem(t, response, body, test.status)
			}
		})
	}
}

func checkProblem(t *testing.T, response *http.Response, body string, status int) {
	t.Helper()
	if got := response.Header.Get("Content-Type"); got != problem.MediaType {
		t.Errorf("content type %q, want %q", got, problem.MediaType)
	}
	var p problem.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != status || p.Title == "" || p.Detail == "" {
		t.Errorf("body %s (%v) lacks status %d, title or detail", body, err, status)
	}
}
