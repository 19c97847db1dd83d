package service

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/rules"
)

// hangLimit ends a test that would wait for ever.
const hangLimit = 20 * time.Second

// start serves app on a free port until the test ends or stop is called; stopped then yields what Serve returned.
func start(t *testing.T, app *fiber.App) (address string, stop context.CancelFunc, stopped <-chan error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	result := make(chan error, 1)
	go func() { result <- Serve(ctx, app, ln) }()
	return ln.Addr().String(), stop, result
}

// client is a connection whose bytes the test chooses.
type client struct {
	net.Conn
	reader *bufio.Reader
	t      *testing.T
}

func dial(t *testing.T, address string) client {
	t.Helper()
	c, err := net.DialTimeout("tcp", address, hangLimit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(hangLimit)); err != nil {
		t.Fatal(err)
	}
	return client{Conn: c, reader: bufio.NewReader(c), t: t}
}

func (c client) send(text string) {
	c.t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		c.t.Fatal(err)
	}
}

// receive reads one answer, interim answers included.
func (c client) receive() (*http.Response, string) {
	c.t.Helper()
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return response, string(body)
}

// expect reads one answer and returns its body.
func (c client) expect(status int) string {
	c.t.Helper()
	response, body := c.receive()
	if response.StatusCode != status {
		c.t.Fatalf("%s %s, want %d", response.Status, body, status)
	}
	return body
}

// expectEnd fails unless the service closes the connection without a further byte.
func (c client) expectEnd() {
	c.t.Helper()
	rest, err := io.ReadAll(c.reader)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		c.t.Fatal("the connection is still open")
	}
	if len(rest) > 0 {
		c.t.Fatalf("%q, want the end of the connection", rest)
	}
}

func post(fields, body string) string {
	return "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + fields + "\r\n" + body
}

func chunked(body string) string {
	return post("Transfer-Encoding: chunked\r\n", body)
}

const (
	postTen   = "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"n\":10}"
	getHealth = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
)

func TestConnectionStaysOpen(t *testing.T) {
	address, _, _ := start(t, newApp())
	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"answer":              {postTen, 200},
		"400 from JSON":       {post("Content-Length: 1\r\n", "{"), 400},
		"404":                 {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody", 404},
		"405":                 {"PUT /health HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody", 405},
		"415":                 {"POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody", 415},
		"422":                 {post("Content-Length: 2\r\n", "{}"), 422},
		"HTTP/1.0 keep-alive": {strings.Replace(getHealth, "1.1\r\n", "1.0\r\nConnection: Keep-Alive\r\n", 1), 200},
		"chunk extensions":    {chunked("4;a=b\r\n{\"n\"\r\n4;c=\"d\"\r\n:10}\r\n0;e\r\n\r\n"), 200},
		"trailers":            {chunked("8\r\n{\"n\":10}\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n"), 200},
		"body of 4096 bytes":  {post("Content-Length: 4096\r\n", `{"n":10`+strings.Repeat(" ", 4_088)+"}"), 200},
		"4096 bytes chunked":  {chunked("1000\r\n" + `{"n":10` + strings.Repeat(" ", 4_088) + "}\r\n0\r\n\r\n"), 200},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			c.send(test.request + postTen)
			c.expect(test.status)
			c.expect(200)
		})
	}
}

func TestConnectionCloses(t *testing.T) {
	address, _, _ := start(t, newApp())
	for name, test := range map[string]struct {
		request string
		status  int
	}{
		"asked":                 {post("Connection: close\r\nContent-Length: 8\r\n", `{"n":10}`), 200},
		"asked in capitals":     {post("Connection: CLOSE\r\nContent-Length: 8\r\n", `{"n":10}`), 200},
		"asked in a list":       {post("Connection: keep-alive, close\r\nContent-Length: 8\r\n", `{"n":10}`), 200},
		"asked with an error":   {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404},
		"HTTP/1.0":              {"GET /health HTTP/1.0\r\n\r\n", 200},
		"no Host":               {"GET /health HTTP/1.1\r\n\r\n", 400},
		"no request line":       {"HELLO\r\n\r\n", 400},
		"HTTP/2.0":              {"GET /health HTTP/2.0\r\nHost: x\r\n\r\n", 400},
		"http in lower case":    {"GET /health http/1.1\r\nHost: x\r\n\r\n", 400},
		"another protocol":      {"GET /health ICY/1.0\r\nHost: x\r\n\r\n", 400},
		"space before colon":    {post("Content-Length: 8\r\nX-A : b\r\n", `{"n":10}`), 400},
		"length with sign":      {post("Content-Length: +8\r\n", `{"n":10}`), 400},
		"length in hexadecimal": {post("Content-Length: 0x8\r\n", `{"n":10}`), 400},
		"length overflows":      {post("Content-Length: 18446744073709551624\r\n", `{"n":10}`), 400},
		"chunk size malformed":  {chunked("z\r\n{\"n\":10}\r\n0\r\n\r\n"), 400},
		"chunk without its end": {chunked("8\r\n{\"n\":10}XX0\r\n\r\n"), 400},
		"body over the limit":   {post("Content-Length: 4097\r\n", ""), 413},
		"chunks over the limit": {chunked("1000\r\n" + strings.Repeat(" ", 4_096) + "\r\n1\r\n"), 413},
		"large body, 404":       {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n", 404},
		"large body, 405":       {"PUT /calculate HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n", 405},
		"header of many fields": {post("Content-Length: 8\r\n"+strings.Repeat("X-A: bcd\r\n", 900), `{"n":10}`), 431},
		"header of one field":   {post("Content-Length: 8\r\nX-A: "+strings.Repeat("b", 9_000)+"\r\n", `{"n":10}`), 431},
		"target over the limit": {"GET /" + strings.Repeat("a", 9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
	} {
		t.Run(name, func(t *testing.T) {
			c := dial(t, address)
			c.send(test.request + getHealth)
			response, body := c.receive()
			if response.StatusCode != test.status {
				t.Errorf("%s %s, want %d", response.Status, body, test.status)
			}
			if test.status != 200 {
				checkProblem(t, response, body, test.status)
			}
			c.expectEnd()
		})
	}
}

func TestHeaderLimitIsExact(t *testing.T) {
	address, _, _ := start(t, newApp())
	section := len(post("Content-Length: 8\r\nX-A: \r\n", "")) - len("POST /calculate HTTP/1.1\r\n")
	for size, status := range map[int]int{rules.HeaderLimit: 200, rules.HeaderLimit + 1: 431} {
		c := dial(t, address)
		c.send(post("Content-Length: 8\r\nX-A: "+strings.Repeat("b", size-section)+"\r\n", `{"n":10}`))
		c.expect(status)
	}
}

func TestPipelineIsAnsweredInOrder(t *testing.T) {
	address, _, _ := start(t, newApp())
	c := dial(t, address)
	c.send(postTen + getHealth + "GET / HTTP/1.1\r\nHost: x\r\n\r\n" + chunked("7\r\n{\"n\":1}\r\n0\r\n\r\n") + postTen)
	for _, want := range []struct {
		status int
		prefix string
	}{
		{200, `{"n":10,"prime":29,`},
		{200, `{"status":"ok"}`},
		{404, `{"title":"Not Found"`},
		{200, `{"n":1,"prime":2,`},
		{200, `{"n":10,"prime":29,`},
	} {
		if body := c.expect(want.status); !strings.HasPrefix(body, want.prefix) {
			t.Errorf("%s, want %s...", body, want.prefix)
		}
	}
}

func TestExpectContinue(t *testing.T) {
	address, _, _ := start(t, newApp())
	c := dial(t, address)
	c.send(post("Content-Length: 8\r\nExpect: 100-continue\r\n", ""))
	c.expect(100)
	c.send(`{"n":10}`)
	c.expect(200)
}

func TestErrorsRepeatNothingOfTheRequest(t *testing.T) {
	address, _, _ := start(t, newApp())
	for _, request := range []string{
		"GET /mirror HTTP/1.1\r\nHost: mirror\r\n\r\n",
		"mirror /calculate HTTP/1.1\r\nHost: mirror\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: mirror\r\nmirror : mirror\r\n\r\n",
		post("Content-Length: mirror\r\n", ""),
		post("Content-Length: 8\r\n", `{"mirror`),
		chunked("mirror\r\n"),
	} {
		c := dial(t, address)
		c.send(request)
		if response, body := c.receive(); response.StatusCode < 400 || strings.Contains(body, "mirror") {
			t.Errorf("%q: %s %s", request, response.Status, body)
		}
	}
}

func TestHeadHasNoContentThoughItIsRefused(t *testing.T) {
	address, _, _ := start(t, newApp())
	for _, request := range []string{
		"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
		"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 4097\r\n\r\n",
	} {
		c := dial(t, address)
		c.send(request)
		response, err := http.ReadResponse(c.reader, &http.Request{Method: http.MethodHead})
		if err != nil || response.StatusCode != 404 {
			t.Fatalf("%q: %v, %v, want 404", request, response, err)
		}
		c.expectEnd()
	}
}

func TestSlowClientsAreTimedOut(t *testing.T) {
	t.Parallel()
	address, _, _ := start(t, newApp())
	clients := make(map[string]client)
	for name, unfinished := range map[string]string{
		"nothing":      "",
		"request line": "POST /calc",
		"header":       "POST /calculate HTTP/1.1\r\nHost:",
		"body":         post("Content-Length: 8\r\n", `{"n":`),
		"chunk":        chunked("8\r\n{\"n\":"),
	} {
		clients[name] = dial(t, address)
		clients[name].send(unfinished)
	}
	for name, c := range clients { // all at once: each waits for the same limit
		if response, body := c.receive(); response.StatusCode != http.StatusRequestTimeout {
			t.Errorf("%s: %s %s, want 408", name, response.Status, body)
		}
		c.expectEnd()
	}
}
