package service

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"primebench/peers/fiber/internal/prime"
)

const typeJSON = "application/json"

// start serves until the test ends, and returns the address.
func start(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, New(prime.Reference, 1_000), ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return ln.Addr().String()
}

func ask(t *testing.T, address, method, target, contentType, body string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(method, "http://"+address+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text := new(strings.Builder)
	if _, err := bufio.NewReader(response.Body).WriteTo(text); err != nil {
		t.Fatal(err)
	}
	return response, text.String()
}

func TestEachTaskHasItsAnswer(t *testing.T) {
	address := start(t)
	for _, test := range []struct{ method, target, body, contentType, begins string }{
		{"POST", "/calculate?x=1", `{"n":1000}`, typeJSON, `{"n":1000,"prime":7919,"duration":"`},
		{"GET", "/plaintext", "", "text/plain", "Hello, World!"},
		{"GET", "/json/7", "", typeJSON, `{"id":7,"name":"item-7",`},
		{"POST", "/json?x", `{"order":5,"items":[],"comment":"` + strings.Repeat("x", 60_000) + `"}`, typeJSON, `{"order":5,"count":0,`},
		{"GET", "/health", "", typeJSON, `{"status":"ok"}`},
	} {
		response, body := ask(t, address, test.method, test.target, typeJSON, test.body)
		if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != test.contentType || !strings.HasPrefix(body, test.begins) {
			t.Errorf("%s %s: %s %v %s", test.method, test.target, response.Status, response.Header, body)
		}
	}
}

func TestWhatIsNotServedIsAProblem(t *testing.T) {
	address := start(t)
	for _, test := range []struct {
		method, target, contentType, body string
		status                            int
		allow                             string
	}{
		{"GET", "/", "", "", 404, ""},
		{"POST", "//calculate", typeJSON, `{"n":1}`, 404, ""},
		{"GET", "/json/0", "", "", 404, ""},
		{"GET", "/calculate", "", "", 405, "POST"},
		{"DELETE", "/json", "", "", 405, "POST"},
		{"BREW", "/plaintext", "", "", 405, "GET, HEAD"},
		{"PUT", "/json/1", typeJSON, "", 405, "GET, HEAD"},
		{"POST", "/calculate", "text/plain", `{"n":1}`, 415, ""},
		{"POST", "/calculate", typeJSON, strings.Repeat(" ", 4_097), 413, ""},
		{"POST", "/json", typeJSON, strings.Repeat(" ", 65_537), 413, ""},
		{"POST", "/calculate", typeJSON, "{", 400, ""},
		{"POST", "/json", typeJSON, "{}", 422, ""},
	} {
		response, body := ask(t, address, test.method, test.target, test.contentType, test.body)
		var problem struct{ Status int }
		if err := json.Unmarshal([]byte(body), &problem); err != nil || problem.Status != test.status {
			t.Errorf("%s %s: no problem %d: %s", test.method, test.target, test.status, body)
		}
		if response.StatusCode != test.status || response.Header.Get("Allow") != test.allow {
			t.Errorf("%s %s: %s, Allow %q", test.method, test.target, response.Status, response.Header.Get("Allow"))
		}
	}
}

func TestARefusedHeadHasNoContent(t *testing.T) {
	connection, err := net.Dial("tcp", start(t))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if _, err := io.WriteString(connection, "HEAD /calculate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(connection)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 405 ") || !strings.HasSuffix(string(answer), "\r\n\r\n") {
		t.Errorf("%q, %v", answer, err)
	}
}

func TestWhatCannotBeReadIsAProblem(t *testing.T) {
	address := start(t)
	for request, status := range map[string]string{
		"GET / HTTP/1.1\r\n\r\n": "400",
		"GET / HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 9_000) + "\r\n\r\n": "431",
	} {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer connection.Close()
		if _, err := connection.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(connection).ReadString('\n')
		if err != nil || !strings.HasPrefix(line, "HTTP/1.1 "+status) {
			t.Errorf("%.20q: %q, %v, want %s", request, line, err, status)
		}
	}
}
