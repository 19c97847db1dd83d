// Package command is what a service is as a command: flags, exit codes, signals.
package command

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"primebench/peers/fiber/internal/settings"
)

// The exit codes of the contract.
const (
	ExitOK    = 0
	ExitError = 1
	ExitUsage = 2
)

// A Command is a program and how it serves: until ctx is done, having said on stdout where it listens.
type Command struct {
	Program settings.Program
	// Stopped tells whether another process stops this one and sees to its end: then a second signal says nothing new.
	Stopped func() bool
	Serve   func(ctx context.Context, s settings.Settings, arguments []string, stdout, stderr io.Writer) error
}

// Main runs the command of this process and ends it. SIGTERM and SIGINT stop it; the second ends it at once, unless it is
// Stopped by another process.
func (c Command) Main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	if c.Stopped == nil || !c.Stopped() {
		context.AfterFunc(ctx, stop)
	}
	os.Exit(c.Run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// Run serves until ctx is done and returns the exit code.
func (c Command) Run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	s, err := c.Program.Parse(arguments)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(stdout, c.Program.Usage())
		return ExitOK
	}
	if err != nil {
		fmt.Fprintf(stderr, "%s: %v (--help lists the flags)\n", c.Program.Name, err)
		return ExitUsage
	}
	if err := c.Serve(ctx, s, arguments, stdout, stderr); err != nil {
		fmt.Fprintf(stderr, "%s: %v\n", c.Program.Name, err)
		return ExitError
	}
	return ExitOK
}
