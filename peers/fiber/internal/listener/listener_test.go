package listener

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"
)

const hangLimit = 20 * time.Second

// script is a listener that yields one end of a pipe for each nil, and the error for each error.
type script struct {
	net.Listener
	outcomes []error
	clients  []net.Conn
	closes   int
}

func (s *script) Accept() (net.Conn, error) {
	if len(s.outcomes) == 0 {
		return nil, net.ErrClosed
	}
	outcome := s.outcomes[0]
	s.outcomes = s.outcomes[1:]
	if outcome != nil {
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", outcome)}
	}
	client, server := net.Pipe()
	s.clients = append(s.clients, client)
	return server, nil
}

func (s *script) Close() error {
	s.closes++
	return nil
}

func accept(t *testing.T, l *Listener) net.Conn {
	t.Helper()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestAcceptOutlivesAShortageOfFiles(t *testing.T) {
	inner := &script{outcomes: []error{syscall.EMFILE, syscall.ENFILE, nil}}
	accept(t, New(inner))
	if len(inner.outcomes) > 0 {
		t.Errorf("outcomes left: %v", inner.outcomes)
	}
}

func TestAcceptReportsOtherErrors(t *testing.T) {
	if _, err := New(&script{outcomes: []error{syscall.EINVAL, nil}}).Accept(); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("%v, want EINVAL", err)
	}
}

func TestCloseEndsSilentConnectionsAlone(t *testing.T) {
	inner := &script{outcomes: []error{nil, nil}}
	l := New(inner)
	silent, spoken := accept(t, l), accept(t, l)
	if err := inner.clients[0].SetDeadline(time.Now().Add(hangLimit)); err != nil {
		t.Fatal(err)
	}
	go io.WriteString(inner.clients[1], "GET")
	if _, err := io.ReadFull(spoken, make([]byte, 3)); err != nil {
		t.Fatal(err)
	}

	if err := errors.Join(l.Close(), l.Close()); err != nil || inner.closes != 1 {
		t.Errorf("two calls: %v, inner closed %d times, want once", err, inner.closes)
	}
	if _, err := inner.clients[0].Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("silent connection: %v, want EOF", err)
	}
	if err := silent.Close(); err != nil {
		t.Errorf("closing it again: %v", err)
	}
	go io.WriteString(spoken, "200")
	if _, err := io.ReadFull(inner.clients[1], make([]byte, 3)); err != nil {
		t.Errorf("spoken connection: %v, want it open", err)
	}
}

func TestConnectionAcceptedWhileClosingIsRefused(t *testing.T) {
	inner := &script{outcomes: []error{nil}}
	l := New(inner)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("%v, %v, want net.ErrClosed", c, err)
	}
	if _, err := inner.clients[0].Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("its client: %v, want EOF", err)
	}
}

func TestConnectionsAreForgotten(t *testing.T) {
	inner := &script{outcomes: []error{nil, nil}}
	l := New(inner)
	if err := accept(t, l).Close(); err != nil {
		t.Fatal(err)
	}
	spoken := accept(t, l)
	go io.WriteString(inner.clients[1], "G")
	if _, err := spoken.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if len(l.silent) != 0 {
		t.Errorf("%d connections kept, want none", len(l.silent))
	}
}
