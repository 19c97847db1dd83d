package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"primebench/peers/fiber/internal/command"
	"primebench/peers/fiber/internal/prefork"
)

// asProgram makes this test's own executable the program, as it is for the children of a parent under test.
const asProgram = "PRIMEBENCH_FIBER_AS_PROGRAM"

func TestMain(m *testing.M) {
	if prefork.IsChild() || os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// endLimit is what the contract gives a service to end.
const endLimit = 5 * time.Second

var preforkListening = regexp.MustCompile(` listening on http://(127\.0\.0\.1:[1-9]\d*) threads=2 .* prefork=true `)

// preforked is a parent of two children.
type preforked struct {
	*exec.Cmd
	address  string
	children []int
	stderr   bytes.Buffer
}

func startPreforked(t *testing.T) *preforked {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := &preforked{Cmd: exec.Command(program, "--prefork", "--threads", "2", "--port", "0")}
	parent.Env = append(os.Environ(), asProgram+"=1")
	parent.Stderr = &parent.stderr
	stdout, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = parent.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	match := preforkListening.FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("%q, %v", line, err)
	}
	parent.address = match[1]
	parent.children = childrenOf(t, parent.Process.Pid)
	if len(parent.children) != 2 {
		t.Fatalf("children %v, want two", parent.children)
	}
	return parent
}

func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		t.Fatal(err)
	}
	var children []int
	for _, task := range tasks {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, task.Name()))
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}

// expectEnd waits for the parent and sees that it leaves no child behind.
func (p *preforked) expectEnd(t *testing.T, code int) {
	t.Helper()
	late := time.AfterFunc(endLimit, func() { _ = p.Process.Kill() })
	defer late.Stop()
	_ = p.Wait() // the state tells
	if got := p.ProcessState.ExitCode(); got != code {
		t.Errorf("exit code %d (%s), want %d; standard error %q", got, p.ProcessState, code, p.stderr.String())
	}
	for _, child := range p.children {
		if !isGone(child) {
			t.Errorf("child %d is left", child)
		}
	}
}

// isGone tells whether a process has ended; whoever adopted it may not have asked for its exit code yet.
func isGone(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(text), ") Z ")
}

// exchange is a connection with a request in flight: its header has been read, its body is still to come.
type exchange struct {
	net.Conn
	reader *bufio.Reader
}

func begin(t *testing.T, address string) exchange {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	one := exchange{c, bufio.NewReader(c)}
	one.send(t, "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"+
		"Content-Length: 8\r\nExpect: 100-continue\r\n\r\n")
	if status, body := one.receive(t); status != http.StatusContinue {
		t.Fatalf("%d %s, want 100", status, body)
	}
	return one
}

func (e exchange) send(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(e, text); err != nil {
		t.Fatal(err)
	}
}

func (e exchange) receive(t *testing.T) (int, string) {
	t.Helper()
	response, err := http.ReadResponse(e.reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestPreforkAnswersWhatIsInFlightAndLeavesNoChild(t *testing.T) {
	for _, number := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		parent := startPreforked(t)
		exchanges := make([]exchange, 8) // the kernel deals them out: hardly ever all to one child
		for i := range exchanges {
			exchanges[i] = begin(t, parent.address)
		}
		if err := parent.Process.Signal(number); err != nil {
			t.Fatal(err)
		}
		for _, one := range exchanges {
			one.send(t, `{"n":10}`)
			if status, body := one.receive(t); status != 200 || !strings.HasPrefix(body, `{"n":10,"prime":29,`) {
				t.Errorf("%s: %d %s", number, status, body)
			}
		}
		parent.expectEnd(t, command.ExitOK)
	}
}

func TestPreforkEndsWhenAChildDoes(t *testing.T) {
	parent := startPreforked(t)
	if err := syscall.Kill(parent.children[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	parent.expectEnd(t, command.ExitError)
	if text := parent.stderr.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "child process") {
		t.Errorf("standard error %q, want a line about the child", text)
	}
}

func TestPreforkedChildrenDieWithTheirParent(t *testing.T) {
	parent := startPreforked(t)
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(endLimit); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if isGone(parent.children[0]) && isGone(parent.children[1]) {
			return
		}
	}
	t.Errorf("children %v are left", parent.children)
}

func TestPreforkSharesNoPortOfAnotherProcess(t *testing.T) {
	parent := startPreforked(t)
	_, port, err := net.SplitHostPort(parent.address)
	if err != nil {
		t.Fatal(err)
	}
	checkFailure(t, command.ExitError, "--prefork", "--port", port)
}
