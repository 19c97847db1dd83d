// Command primebench-fiber is the Go peer of the primebench suite: Fiber v2, written as Fiber's users write it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/calculate"
	"primebench/peers/fiber/internal/pitfall"
	"primebench/peers/fiber/internal/prefork"
	"primebench/peers/fiber/internal/service"
	"primebench/peers/fiber/internal/settings"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

var program = settings.Program{Name: "primebench-fiber", Pitfalls: pitfall.Names(), Prefork: true}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the command: it serves until ctx is done and returns the exit code.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	s, err := program.Parse(arguments)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, program.Usage())
		return exitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "primebench-fiber: %v (--help lists the flags)\n", err)
		return exitUsage
	}
	if err := listenAndServe(ctx, s, arguments, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "primebench-fiber: %v\n", err)
		return exitError
	}
	return exitOK
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
	return service.Serve(ctx, service.New(pitfall.Around(s.Pitfall, calculate.Handler(s.Tier.Find, s.MaxN))), ln)
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
