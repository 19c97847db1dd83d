package service

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"primebench/peers/fiber/internal/prime"
)

const typeJSON = "application/json"

func ask(method, target, contentType, body string) (*http.Response, string) {
	request := httptest.NewRequest(method, target, strings.NewReader(body))
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	recorder := httptest.NewRecorder()
	Handler(prime.Reference, 1_000).ServeHTTP(recorder, request)
	return recorder.Result(), recorder.Body.String()
}

func TestEachTaskHasItsAnswer(t *testing.T) {
	for _, test := range []struct{ method, target, body, contentType, begins string }{
		{"POST", "/calculate?x=1", `{"n":1000}`, typeJSON, `{"n":1000,"prime":7919,"duration":"`},
		{"GET", "/plaintext", "", "text/plain", "Hello, World!"},
		{"GET", "/json/7", "", typeJSON, `{"id":7,"name":"item-7",`},
		{"POST", "/json", `{"order":5,"items":[],"comment":""}`, typeJSON, `{"order":5,"count":0,`},
		{"GET", "/health", "", typeJSON, `{"status":"ok"}`},
	} {
		response, body := ask(test.method, test.target, typeJSON, test.body)
		if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != test.contentType || !strings.HasPrefix(body, test.begins) {
			t.Errorf("%s %s: %s %v %s", test.method, test.target, response.Status, response.Header, body)
		}
	}
}

func TestWhatIsNotServedIsAProblem(t *testing.T) {
	for _, test := range []struct {
		method, target, contentType, body string
		status                            int
		allow                             string
	}{
		{"GET", "/", "", "", 404, ""},
		{"POST", "/calculate/", typeJSON, `{"n":1}`, 404, ""},
		{"GET", "/json/0", "", "", 404, ""},
		{"GET", "/json/1/2", "", "", 404, ""},
		{"GET", "/calculate", "", "", 405, "POST"},
		{"DELETE", "/json", "", "", 405, "POST"},
		{"POST", "/plaintext", typeJSON, "", 405, "GET, HEAD"},
		{"PUT", "/json/1", typeJSON, "", 405, "GET, HEAD"},
		{"POST", "/calculate", "text/plain", `{"n":1}`, 415, ""},
		{"POST", "/json", "", `{}`, 415, ""},
		{"POST", "/calculate", typeJSON, strings.Repeat(" ", 4_097), 413, ""},
		{"POST", "/json", typeJSON, strings.Repeat(" ", 65_537), 413, ""},
		{"POST", "/calculate", typeJSON, "{", 400, ""},
		{"POST", "/json", typeJSON, "{", 400, ""},
		{"POST", "/calculate", typeJSON, `{"n":1001}`, 422, ""},
		{"POST", "/json", typeJSON, "{}", 422, ""},
	} {
		response, body := ask(test.method, test.target, test.contentType, test.body)
		var problem struct{ Status int }
		if err := json.Unmarshal([]byte(body), &problem); err != nil || problem.Status != test.status {
			t.Errorf("%s %s: no problem %d: %s", test.method, test.target, test.status, body)
		}
		if response.StatusCode != test.status || response.Header.Get("Allow") != test.allow {
			t.Errorf("%s %s: %s, Allow %q", test.method, test.target, response.Status, response.Header.Get("Allow"))
		}
	}
}

func TestDrainsAndClosesWhatHasNotSpoken(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started, finish := make(chan struct{}), make(chan struct{})
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(started)
		<-finish
		_, _ = io.WriteString(w, "done")
	})
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, slow, ln) }()

	silent, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + ln.Addr().String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-started
	stop()
	if n, err := silent.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a connection without a request got %d bytes, %v; want its end", n, err)
	}
	close(finish)
	if got := <-answered; got != "done" {
		t.Errorf("the request in flight got %q", got)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}
