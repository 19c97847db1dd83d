// Command primebench-gonet serves the field's three tasks with Go's own net/http.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"runtime"

	"primebench/peers/fiber/internal/command"
	"primebench/peers/fiber/internal/settings"
	"primebench/peers/fiber/on-net-http/internal/service"
)

var own = command.Command{Program: settings.Program{Name: "primebench-gonet"}, Serve: listenAndServe}

func main() {
	own.Main()
}

func listenAndServe(ctx context.Context, s settings.Settings, _ []string, stdout, _ io.Writer) error {
	runtime.GOMAXPROCS(s.Threads)
	ln, err := net.Listen("tcp", s.Address())
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "primebench-gonet listening on http://%s threads=%d max_n=%d tier=%s go=%s\n",
		ln.Addr(), s.Threads, s.MaxN, s.Tier.Name, runtime.Version())
	return service.Serve(ctx, service.Handler(s.Tier.Find, s.MaxN), ln)
}
