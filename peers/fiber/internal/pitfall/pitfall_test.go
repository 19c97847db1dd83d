package pitfall

import (
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

func TestTheAnswerStaysAsItWas(t *testing.T) {
	for _, one := range Pitfalls {
		t.Run(one.Name, func(t *testing.T) {
			app := fiber.New()
			app.Post("/", Around(one.Name, func(c *fiber.Ctx) error { return c.SendString("to " + string(c.BodyRaw())) }))
			for _, body := range []string{"", "short", strings.Repeat("long", 1_000)} {
				response, err := app.Test(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)), -1)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(response.Body)
				if err != nil || string(got) != "to "+body {
					t.Errorf("%.20q, %v, want an answer to %.20q", got, err, body)
				}
			}
		})
	}
}

func TestTheErrorStaysAsItWas(t *testing.T) {
	for _, one := range Pitfalls {
		next := func(*fiber.Ctx) error { return fiber.ErrTeapot }
		if err := one.Around(next)(contextOf("x")); err != fiber.ErrTeapot {
			t.Errorf("%s: %v, want what the handler returned", one.Name, err)
		}
	}
}

func TestWithoutANameTheHandlerIsTheSame(t *testing.T) {
	next := func(*fiber.Ctx) error { return nil }
	if reflect.ValueOf(Around("", next)).Pointer() != reflect.ValueOf(next).Pointer() {
		t.Error("something is around the handler")
	}
}

func TestTheRequestIsLarge(t *testing.T) {
	if size := reflect.TypeFor[request]().Size(); size != 1_024 {
		t.Errorf("%d bytes, want 1 KiB", size)
	}
}

func TestARequestPassesEveryStage(t *testing.T) {
	ended := 0
	byValue := stageByValue(func(r request) error { ended++; return check(t, &r) })
	byPointer := stageByPointer(func(r *request) error { ended++; return check(t, r) })
	for range stages {
		byValue, byPointer = handOnByValue(byValue), handOnByPointer(byPointer)
	}
	var r request
	r.gather(contextOf("body"))
	_, _ = byValue(r), byPointer(&r)
	if ended != 2 {
		t.Errorf("%d of 2 requests came to the end", ended)
	}
}

func check(t *testing.T, r *request) error {
	t.Helper()
	if r.passed != stages || string(r.body[:r.length]) != "body" {
		t.Errorf("passed %d stages with %q, want %d with all of the body", r.passed, r.body[:r.length], stages)
	}
	return nil
}

// The compiler decides what is on the heap: -gcflags=-m says "moved to heap" or "escapes to heap" of what is.
func TestAPointerEscapesAndAValueDoesNot(t *testing.T) {
	next := func(*fiber.Ctx) error { return nil }
	c := contextOf("x")
	for name, want := range map[string]float64{"": 0, "by-value": 0, "by-pointer": 1} {
		handler := Around(name, next)
		if got := testing.AllocsPerRun(100, func() { _ = handler(c) }); got != want {
			t.Errorf("%q: %v allocations a request, want %v", name, got, want)
		}
	}
}

func TestEachRequestLeavesAGoroutine(t *testing.T) {
	const requests = 100
	handler, c := Leak(func(*fiber.Ctx) error { return nil }), contextOf("x")
	before := runtime.NumGoroutine()
	for range requests {
		if err := handler(c); err != nil {
			t.Fatal(err)
		}
	}
	runtime.GC()
	if left := runtime.NumGoroutine() - before; left < requests {
		t.Errorf("%d goroutines are left of %d requests", left, requests)
	}
}

func contextOf(body string) *fiber.Ctx {
	c := fiber.New().AcquireCtx(&fasthttp.RequestCtx{})
	c.Request().SetBodyString(body)
	return c
}
