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
	"strconv"
	"syscall"

	"github.com/gofiber/fiber/v2"

	"primebench/peers/fiber/internal/calculate"
	"primebench/peers/fiber/internal/pitfall"
	"primebench/peers/fiber/internal/service"
	"primebench/peers/fiber/internal/settings"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

var program = settings.Program{Name: "primebench-fiber", Pitfalls: pitfall.Names()}

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
	if err := listenAndServe(ctx, s, stdout); err != nil {
		fmt.Fprintf(stderr, "primebench-fiber: %v\n", err)
		return exitError
	}
	return exitOK
}

func listenAndServe(ctx context.Context, s settings.Settings, stdout io.Writer) error {
	runtime.GOMAXPROCS(s.Threads)
	ln, err := net.Listen("tcp", net.JoinHostPort(s.Host.String(), strconv.Itoa(s.Port)))
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "primebench-fiber listening on http://%s threads=%d max_n=%d tier=%s%s fiber=%s go=%s\n",
		ln.Addr(), s.Threads, s.MaxN, s.Tier.Name, pitfallPair(s), fiber.Version, runtime.Version())
	return service.Serve(ctx, service.New(pitfall.Around(s.Pitfall, calculate.Handler(s.Tier.Find, s.MaxN))), ln)
}

func pitfallPair(s settings.Settings) string {
	if s.Pitfall == "" {
		return ""
	}
	return " pitfall=" + s.Pitfall
}
