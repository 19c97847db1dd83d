// Package settings reads the command line.
package settings

import (
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"primebench/peers/fiber/internal/prime"
)

// A Program is a command that serves: its name, and which flags it has beyond those of every service.
type Program struct {
	Name string
	// Pitfalls is what --pitfall takes; without any there is no such flag.
	Pitfalls []string
	// Prefork tells whether there is a flag --prefork.
	Prefork bool
}

// Settings is what the command line says.
type Settings struct {
	Host    netip.Addr
	Port    int
	Threads int
	MaxN    int
	Tier    prime.Tier
	Pitfall string // none if empty
	Prefork bool
}

// Address is where to listen, as package net takes it.
func (s Settings) Address() string {
	return net.JoinHostPort(s.Host.String(), strconv.Itoa(s.Port))
}

// Usage is the answer to --help.
func (p Program) Usage() string {
	return `usage: ` + p.Name + ` [flags]

Answers POST /calculate with the n-th prime, found by trial division.

  --host ADDRESS  IPv4 or IPv6 address to listen on (default 127.0.0.1)
  --port PORT     0 to 65535; 0 takes a free port (default 8080)
  --threads N     threads that serve requests, 1 to 1024 (default: the processors the process may use)
  --max-n N       the largest n answered, 1 to 10000000 (default 100000)
  --tier NAME     what is computed: ` + strings.Join(tierNames(), " or ") + ` (default ` + prime.Tiers[0].Name + `)
` + p.ownUsage() + `  --help          this text

example: ` + p.Name + ` --port 3000 --threads 2
`
}

func (p Program) ownUsage() string {
	var usage string
	if len(p.Pitfalls) > 0 {
		usage += "  --pitfall NAME  a mistake to make with each request: " + strings.Join(p.Pitfalls, " or ") + " (default: none)\n"
	}
	if p.Prefork {
		usage += "  --prefork       serve from a process of its own for each thread (default: from one process)\n"
	}
	return usage
}

// Parse reads the arguments that follow the program's name; of a flag that is given twice the last counts. Its error is one
// line, or flag.ErrHelp when help was asked for.
func (p Program) Parse(arguments []string) (Settings, error) {
	s := Settings{
		Host:    netip.AddrFrom4([4]byte{127, 0, 0, 1}),
		Port:    8080,
		Threads: min(runtime.GOMAXPROCS(0), 1024),
		MaxN:    100_000,
		Tier:    prime.Tiers[0],
	}
	flags := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Func("host", "", s.setHost)
	flags.Func("port", "", integer(&s.Port, 0, 65_535))
	flags.Func("threads", "", integer(&s.Threads, 1, 1_024))
	flags.Func("max-n", "", integer(&s.MaxN, 1, 10_000_000))
	flags.Func("tier", "", s.setTier)
	if len(p.Pitfalls) > 0 {
		flags.Func("pitfall", "", oneOf(&s.Pitfall, p.Pitfalls))
	}
	if p.Prefork {
		flags.BoolVar(&s.Prefork, "prefork", false, "")
	}
	if err := flags.Parse(arguments); err != nil {
		return Settings{}, err
	}
	if flags.NArg() > 0 {
		return Settings{}, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return s, nil
}

func (s *Settings) setHost(text string) error {
	host, err := netip.ParseAddr(text)
	if err != nil {
		return fmt.Errorf("expected an IPv4 or IPv6 address")
	}
	s.Host = host
	return nil
}

func (s *Settings) setTier(name string) error {
	for _, tier := range prime.Tiers {
		if tier.Name == name {
			s.Tier = tier
			return nil
		}
	}
	return expected(tierNames())
}

// integer sets target to a decimal number from low to high.
func integer(target *int, low, high int) func(string) error {
	return func(text string) error {
		value, err := strconv.ParseUint(text, 10, 31)
		if err != nil || int(value) < low || int(value) > high {
			return fmt.Errorf("expected an integer from %d to %d", low, high)
		}
		*target = int(value)
		return nil
	}
}

// oneOf sets target to one of the names.
func oneOf(target *string, names []string) func(string) error {
	return func(text string) error {
		if !slices.Contains(names, text) {
			return expected(names)
		}
		*target = text
		return nil
	}
}

func expected(names []string) error {
	return fmt.Errorf("expected %s", strings.Join(names, " or "))
}

func tierNames() []string {
	names := make([]string, len(prime.Tiers))
	for i, tier := range prime.Tiers {
		names[i] = tier.Name
	}
	return names
}
