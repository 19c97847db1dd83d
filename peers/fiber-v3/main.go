// Command primebench-fiber-v3 is the Go peer of the primebench suite on Fiber v3, written as its users write it. What does not
// ask for a version of Fiber is the code of peers/fiber.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"

	"github.com/gofiber/fiber/v3"

	"primebench/peers/fiber/internal/command"
	"primebench/peers/fiber/internal/settings"
	"primebench/peers/fiber/on-v3/internal/service"
)

var own = command.Command{
	Program: settings.Program{Name: "primebench-fiber-v3"},
	Serve:   listenAndServe,
}

func main() {
	own.Main()
}

func listenAndServe(ctx context.Context, s settings.Settings, _ []string, stdout, _ io.Writer) error {
	runtime.GOMAXPROCS(s.Threads)
	ln, err := net.Listen("tcp", s.Address())
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "primebench-fiber-v3 listening on http://%s threads=%d max_n=%d tier=%s fiber=%s go=%s\n",
		ln.Addr(), s.Threads, s.MaxN, s.Tier.Name, fiber.Version, runtime.Version())
	return service.Serve(ctx, service.New(s.Tier.Find, s.MaxN), ln)
}
