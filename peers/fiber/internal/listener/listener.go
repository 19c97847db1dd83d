// Package listener gives fasthttp what it needs of a listener to drain at once and to outlive a shortage of files.
package listener

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"
)

// acceptPause lets connections end before the next attempt, when the process has no file descriptor left.
const acceptPause = 50 * time.Millisecond

// A Listener knows its silent connections: those that were accepted and have not sent a byte. To fasthttp they are busy
// with a request until the read timeout, so that its Shutdown would wait for them.
type Listener struct {
	net.Listener
	closed    chan struct{}
	closeOnce sync.Once
	closeErr  error

	mu     sync.Mutex
	silent map[*conn]struct{}
}

// New wraps inner, which the Listener then owns.
func New(inner net.Listener) *Listener {
	return &Listener{
		Listener: inner,
		closed:   make(chan struct{}),
		silent:   make(map[*conn]struct{}),
	}
}

// Accept waits out a shortage of file descriptors or memory, which fasthttp takes for the end of the listener.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		accepted, err := l.Listener.Accept()
		switch {
		case isShortage(err):
			l.pause()
		case err != nil:
			return nil, err
		default:
			return l.track(accepted)
		}
	}
}

// Close stops accepting and closes the silent connections. Further calls do nothing.
func (l *Listener) Close() error {
	l.closeOnce.Do(func() {
		close(l.closed)
		l.closeErr = l.Listener.Close()
		l.closeSilent()
	})
	return l.closeErr
}

func (l *Listener) pause() {
	select {
	case <-l.closed:
	case <-time.After(acceptPause):
	}
}

func (l *Listener) track(accepted net.Conn) (net.Conn, error) {
	c := &conn{Conn: accepted, listener: l, silent: true}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent == nil { // closed while this one was accepted
		return nil, errors.Join(net.ErrClosed, accepted.Close())
	}
	l.silent[c] = struct{}{}
	return c, nil
}

func (l *Listener) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.silent, c)
}

func (l *Listener) closeSilent() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.silent {
		_ = c.Conn.Close() // the client may have been first
	}
	l.silent = nil
}

func isShortage(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// conn is silent until its first byte. Only the goroutine that serves it reads and closes it.
type conn struct {
	net.Conn
	listener *Listener
	silent   bool
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.silent && n > 0 {
		c.speak()
	}
	return n, err
}

func (c *conn) Close() error {
	if c.silent {
		c.speak()
	}
	return c.Conn.Close()
}

func (c *conn) speak() {
	c.silent = false
	c.listener.forget(c)
}
