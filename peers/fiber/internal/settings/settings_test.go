package settings

import (
	"errors"
	"flag"
	"runtime"
	"strings"
	"testing"
)

var program = Program{Name: "primebench-test", Pitfalls: []string{"slow", "greedy"}, Prefork: true}

func TestParseDefaults(t *testing.T) {
	s, err := program.Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Host.String() != "127.0.0.1" || s.Port != 8080 || s.MaxN != 100_000 || s.Tier.Name != "reference" || s.Pitfall != "" || s.Prefork {
		t.Errorf("Parse(nil) = %+v", s)
	}
	if want := min(runtime.GOMAXPROCS(0), 1024); s.Threads != want {
		t.Errorf("threads = %d, want %d, the processors this process may use", s.Threads, want)
	}
}

func TestParse(t *testing.T) {
	s, err := program.Parse(strings.Fields("--host ::1 --port=0 -threads 3 --max-n 10000000 --tier published --pitfall greedy --prefork"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Host.String() != "::1" || s.Port != 0 || s.Threads != 3 || s.MaxN != 10_000_000 || s.Tier.Name != "published" || s.Pitfall != "greedy" || !s.Prefork {
		t.Errorf("%+v", s)
	}
	if s.Address() != "[::1]:0" {
		t.Errorf("address %s, want [::1]:0", s.Address())
	}
}

func TestParseRefusesInOneLine(t *testing.T) {
	for _, line := range []string{
		"--unknown", "extra", "--port 80 extra",
		"--port", "--port=", "--port x", "--port -1", "--port 65536", "--port 0x50", "--port 1_0",
		"--threads 0", "--threads 1025", "--threads 1.5", "--threads +1",
		"--max-n 0", "--max-n 10000001", "--max-n 99999999999999999999",
		"--host", "--host localhost", "--host 300.0.0.1", "--host 127.0.0.1:80",
		"--tier", "--tier fast", "--pitfall", "--pitfall=", "--pitfall lazy", "--prefork=2",
	} {
		_, err := program.Parse(strings.Fields(line))
		if err == nil || errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: %v, want an error", line, err)
			continue
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %q is more than a line", line, err)
		}
	}
}

func TestParseHelp(t *testing.T) {
	for _, line := range []string{"--help", "-h", "--port 80 --help"} {
		if _, err := program.Parse(strings.Fields(line)); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: %v, want flag.ErrHelp", line, err)
		}
	}
	for _, name := range []string{"--host", "--port", "--threads", "--max-n", "--tier", "--help", "published", "--pitfall", "slow", "--prefork"} {
		if !strings.Contains(program.Usage(), name) {
			t.Errorf("usage does not name %s", name)
		}
	}
}

func TestTheLastOfAFlagCounts(t *testing.T) {
	s, err := program.Parse(strings.Fields("--threads 2 --threads 8"))
	if err != nil || s.Threads != 8 {
		t.Errorf("threads = %d, %v, want 8", s.Threads, err)
	}
}

func TestAProgramHasOnlyItsOwnFlags(t *testing.T) {
	plain := Program{Name: "primebench-plain"}
	for _, line := range []string{"--pitfall slow", "--prefork"} {
		if _, err := plain.Parse(strings.Fields(line)); err == nil {
			t.Errorf("%s is taken", line)
		}
	}
	if usage := plain.Usage(); strings.Contains(usage, "pitfall") || strings.Contains(usage, "prefork") {
		t.Errorf("usage has flags of another program: %s", usage)
	}
}
