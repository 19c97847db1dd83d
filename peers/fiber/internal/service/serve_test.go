package service

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// gate is a calculation that lasts until it is released.
type gate struct {
	entered, release chan struct{}
}

func newGate() gate {
	return gate{entered: make(chan struct{}), release: make(chan struct{})}
}

func (g gate) find(int) int {
	g.entered <- struct{}{}
	<-g.release
	return 29
}

func await[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case value := <-from:
		return value
	case <-time.After(hangLimit):
		t.Fatalf("%s: not within %s", what, hangLimit)
		panic("unreachable")
	}
}

func TestDrainAnswersWhatIsInFlightAndClosesTheRest(t *testing.T) {
	g := newGate()
	address, stop, stopped := start(t, New(Calculate(g.find, 100_000)))
	silent := dial(t, address)
	// Connections are accepted in order: once idle has its answer, silent is accepted too.
	idle := dial(t, address)
	idle.send(getHealth)
	idle.expect(200)
	busy := dial(t, address)
	busy.send(postTen + getHealth)
	await(t, "the calculation", g.entered)

	stop()
	idle.expectEnd()
	silent.expectEnd()
	if c, err := net.DialTimeout("tcp", address, hangLimit); err == nil {
		c.Close()
		t.Error("a connection is accepted while the service drains")
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped (%v) with a request in flight", err)
	default:
	}

	close(g.release)
	response, body := busy.receive()
	if response.StatusCode != http.StatusOK || !strings.HasPrefix(body, `{"n":10,"prime":29,`) || !response.Close {
		t.Errorf("in flight: %s %s, close %t", response.Status, body, response.Close)
	}
	busy.expectEnd()
	if err := await(t, "the end of Serve", stopped); err != nil {
		t.Error(err)
	}
}

func TestDrainEndsThoughARequestDoesNot(t *testing.T) {
	t.Parallel()
	g := newGate()
	address, stop, stopped := start(t, New(Calculate(g.find, 100_000)))
	defer close(g.release)
	dial(t, address).send(postTen)
	await(t, "the calculation", g.entered)
	stop()
	if err := await(t, "the end of Serve", stopped); err != nil {
		t.Error(err)
	}
}

func TestServeStopsThoughItHasHardlyStarted(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(ctx, newApp(), ln) }()
	if err := await(t, "the end of Serve", stopped); err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
		c.Close()
		t.Error("the address is still listened on")
	}
}

func TestServeReportsAListenerThatFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- Serve(context.Background(), newApp(), failing{ln}) }()
	if err := await(t, "the end of Serve", stopped); err == nil || err.Error() != "broken" {
		t.Errorf("%v, want the listener's error", err)
	}
}

// failing is a listener that breaks.
type failing struct{ net.Listener }

type broken struct{}

func (broken) Error() string { return "broken" }

func (failing) Accept() (net.Conn, error) { return nil, broken{} }
