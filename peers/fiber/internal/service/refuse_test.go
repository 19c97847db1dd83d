package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/problem"
)

func TestErrorsAreProblems(t *testing.T) {
	own := problem.New(fiber.StatusUnprocessableEntity, "n is missing")
	for _, test := range []struct {
		err  error
		want problem.Problem
	}{
		{own, *own},
		{fmt.Errorf("wrapped: %w", own), *own},
		{fiber.NewError(404, "Cannot GET /secret"), problem.Problem{Title: "Not Found", Status: 404, Detail: "no such path"}},
		{fiber.ErrTeapot, problem.Problem{Title: "I'm a teapot", Status: 418, Detail: ""}},
		{errors.New("secret"), problem.Problem{Title: "Internal Server Error", Status: 500, Detail: "the service failed"}},
	} {
		t.Run(test.err.Error(), func(t *testing.T) {
			response, body := respond(t, test.err)
			if response.StatusCode != test.want.Status {
				t.Errorf("status %d, want %d", response.StatusCode, test.want.Status)
			}
			if got := response.Header.Get("Content-Type"); got != problem.MediaType {
				t.Errorf("content type %q, want %q", got, problem.MediaType)
			}
			var got problem.Problem
			if err := json.Unmarshal(body, &got); err != nil || got != test.want {
				t.Errorf("body %s (%v), want %+v", body, err, test.want)
			}
			if strings.Contains(string(body), "secret") {
				t.Errorf("body %s tells more than it should", body)
			}
		})
	}
}

func respond(t *testing.T, err error) (*http.Response, []byte) {
	t.Helper()
	app := fiber.New(fiber.Config{ErrorHandler: refuse})
	app.Get("/", func(*fiber.Ctx) error { return err })
	response, testErr := app.Test(httptest.NewRequest(http.MethodGet, "/", nil), -1)
	if testErr != nil {
		t.Fatal(testErr)
	}
	defer response.Body.Close()
	body, readErr := io.ReadAll(response.Body)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return response, body
}
