// Command primebench-fiber is the Go peer of the primebench suite: Fiber v2, written as Fiber's users write it.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/command"
	"primebench/peers/fiber/internal/pitfall"
	"primebench/peers/fiber/internal/prefork"
	"primebench/peers/fiber/internal/service"
	"primebench/peers/fiber/internal/settings"
)

var own = command.Command{
	Program: settings.Program{Name: "primebench-fiber", Pitfalls: pitfall.Names(), Prefork: true},
	Serve:   listenAndServe,
	Stopped: prefork.IsChild,
}

func main() {
	own.Main()
}

func listenAndServe(ctx context.Context, s settings.Settings, arguments []string, stdout, stderr io.Writer) error {
	announce := func(address net.Addr) {
		fmt.Fprintf(stdout, "primebench-fiber listening on http://%s threads=%d max_n=%d tier=%s%s fiber=%s go=%s\n",
			address, s.Threads, s.MaxN, s.Tier.Name, ownPairs(s), fiber.Version, runtime.Version())
	}
	if s.Prefork && !prefork.IsChild() {
		return prefork.Serve(ctx, s.Address(), s.Threads, arguments, stderr, announce)
	}
	ln, err := listen(s)
	if err != nil {
		return err
	}
	announce(ln.Addr())
	return service.Serve(ctx, service.New(pitfall.Around(s.Pitfall, service.Calculate(s.Tier.Find, s.MaxN))), ln)
}

func listen(s settings.Settings) (net.Listener, error) {
	if s.Prefork {
		return prefork.Listen(s.Host, s.Port)
	}
	runtime.GOMAXPROCS(s.Threads)
	return net.Listen("tcp", s.Address())
}

// ownPairs is what the start-up line says of flags that other services do not have, if they are used.
func ownPairs(s settings.Settings) string {
	var pairs string
	if s.Pitfall != "" {
		pairs += " pitfall=" + s.Pitfall
	}
	if s.Prefork {
		pairs += " prefork=true"
	}
	return pairs
}
