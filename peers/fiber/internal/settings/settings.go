// Package settings reads the command line.
package settings

import (
	"flag"
	"fmt"
	"io"
	"net/netip"
	"runtime"
	"strconv"
	"strings"

	"primebench/peers/fiber/internal/prime"
)

// Settings is what the command line says.
type Settings struct {
	Host    netip.Addr
	Port    int
	Threads int
	MaxN    int
	Tier    prime.Tier
}

// Usage is the answer to --help.
func Usage() string {
	return `usage: primebench-fiber [flags]

Answers POST /calculate with the n-th prime, found by trial division.

  --host ADDRESS  IPv4 or IPv6 address to listen on (default 127.0.0.1)
  --port PORT     0 to 65535; 0 takes a free port (default 8080)
  --threads N     threads that serve requests, 1 to 1024 (default: the processors the process may use)
  --max-n N       the largest n answered, 1 to 10000000 (default 100000)
  --tier NAME     what is computed: ` + tierNames(" or ") + ` (default ` + prime.Tiers[0].Name + `)
  --help          this text

example: primebench-fiber --port 3000 --threads 2
`
}

// Parse reads the arguments that follow the program's name. Its error is one line, or flag.ErrHelp when help was asked for.
func Parse(arguments []string) (Settings, error) {
	s := Settings{
		Host:    netip.AddrFrom4([4]byte{127, 0, 0, 1}),
		Port:    8080,
		Threads: min(runtime.GOMAXPROCS(0), 1024),
		MaxN:    100_000,
		Tier:    prime.Tiers[0],
	}
	flags := flag.NewFlagSet("primebench-fiber", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Func("host", "", s.setHost)
	flags.Func("port", "", integer(&s.Port, 0, 65_535))
	flags.Func("threads", "", integer(&s.Threads, 1, 1_024))
	flags.Func("max-n", "", integer(&s.MaxN, 1, 10_000_000))
	flags.Func("tier", "", s.setTier)
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
	return fmt.Errorf("expected %s", tierNames(" or "))
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

func tierNames(separator string) string {
	names := make([]string, len(prime.Tiers))
	for i, tier := range prime.Tiers {
		names[i] = tier.Name
	}
	return strings.Join(names, separator)
}
