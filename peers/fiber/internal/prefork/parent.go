package prefork

import (
	"context"
	"io"
	"net"
	"runtime"
	"strconv"
)

// Serve runs so many children of this program, with these arguments, until ctx is done; then they drain. Once all of them
// listen it calls listening with their address. It returns an error if the address is not free or a child ends by itself.
func Serve(ctx context.Context, address string, children int, arguments []string, stderr io.Writer, listening func(net.Addr)) error {
	// The kernel kills a child when the thread that started it ends: with this process, and not before it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	free, err := freeAddress(address)
	if err != nil {
		return err
	}
	arguments = append(arguments[:len(arguments):len(arguments)], "--port", strconv.Itoa(free.Port)) // the last --port counts
	family := newFamily(children)
	defer family.end()
	for range children {
		if err := family.add(arguments, stderr); err != nil {
			return err
		}
	}
	listening(free)
	select {
	case err := <-family.ended:
		if ctx.Err() != nil { // the signal that stops this process went to the child as well
			return nil
		}
		return err
	case <-ctx.Done():
		return nil
	}
}

// freeAddress finds a port for 0, and sees that no other process listens: with SO_REUSEPORT children would share its port.
func freeAddress(address string) (*net.TCPAddr, error) {
	ln, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return ln.Addr().(*net.TCPAddr), ln.Close()
}
