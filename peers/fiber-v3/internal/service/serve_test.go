package service

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

const postTen = "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{\"n\":10}"

func TestDrainAnswersWhatIsInFlightAndClosesTheRest(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	app := New(func(int) int {
		entered <- struct{}{}
		<-release
		return 29
	}, 100_000)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(ctx, app, ln) }()

	idle, busy := dial(t, ln), dial(t, ln)
	serveOnce(t, idle) // nothing but the drain closes a connection that the service has taken
	if _, err := io.WriteString(busy, postTen); err != nil {
		t.Fatal(err)
	}
	<-entered
	stop()
	if n, err := idle.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("idle: %d bytes, %v, want the end", n, err)
	}
	close(release)
	reader := bufio.NewReader(busy)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(response.Body); err != nil || !strings.HasPrefix(string(body), `{"n":10,"prime":29,`) {
		t.Errorf("in flight: %s, %v", body, err)
	}
	if !response.Close {
		t.Error("the answer in flight does not say that the connection closes")
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func serveOnce(t *testing.T, c net.Conn) {
	t.Helper()
	if _, err := io.WriteString(c, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s, %v", response.Status, err)
	}
}

func dial(t *testing.T, ln net.Listener) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}
