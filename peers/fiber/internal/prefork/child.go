// Package prefork serves one address from several processes, as Fiber's Prefork does: children that run Go code on one thread
// each and share the address by SO_REUSEPORT, so that the kernel deals the connections out among them.
//
// What a child is, and how it listens, is Fiber's (fiber.IsChild, fasthttp's reuseport). How they start and stop is not,
// because fiber.Config.Prefork cannot keep the contract (App.prefork and watchMaster in prefork.go of v2.52):
//   - A signal reaches the parent alone. Its children notice that it has gone when their parent is process 1, which they look
//     for twice a second; then they exit with code 1 in the middle of what they answer. Where something else than process 1
//     adopts them (prctl(2), PR_SET_CHILD_SUBREAPER), they serve on for ever.
//   - If its children are stopped first, the parent kills the others, with what they have in flight, as soon as one has ended.
//   - Each child of --port 0 listens on a port of its own, and a port that is in use is shared without a word.
package prefork

import (
	"net"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp/reuseport"
)

// childEnvironment is what fiber.IsChild looks for.
const childEnvironment = "FIBER_PREFORK_CHILD=1"

// IsChild tells whether this process is one of those that Serve starts.
func IsChild() bool {
	return fiber.IsChild()
}

// Listen is how a child listens. From then on it runs Go code on one thread, and leaves SIGINT, which a terminal sends to every
// process, to its parent.
func Listen(host netip.Addr, port int) (net.Listener, error) {
	runtime.GOMAXPROCS(1)
	signal.Ignore(os.Interrupt)
	network := "tcp4"
	if host.Is6() {
		network = "tcp6"
	}
	return reuseport.Listen(network, net.JoinHostPort(host.String(), strconv.Itoa(port)))
}
