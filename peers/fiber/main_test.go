package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

func TestHelpGoesToStandardOutput(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := own.Run(context.Background(), []string{"--help"}, &stdout, &stderr); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
	if !strings.HasPrefix(stdout.String(), "usage:") || stderr.Len() > 0 {
		t.Errorf("standard output %q, standard error %q", stdout.String(), stderr.String())
	}
}

func TestBadCommandLineIsOneLine(t *testing.T) {
	checkFailure(t, 2, "--port", "65536")
}

func TestAddressThatCannotBeListenedOnIsOneLine(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	checkFailure(t, 1, "--port", port)
	checkFailure(t, 1, "--port", "0", "--host", "192.0.2.1") // RFC 5737: no machine has this address
}

func checkFailure(t *testing.T, want int, arguments ...string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := own.Run(context.Background(), arguments, &stdout, &stderr); code != want {
		t.Errorf("%v: exit code %d, want %d", arguments, code, want)
	}
	if strings.Count(stderr.String(), "\n") != 1 || !strings.HasSuffix(stderr.String(), "\n") || stdout.Len() > 0 {
		t.Errorf("%v: standard error %q, standard output %q, want one line and nothing",
			arguments, stderr.String(), stdout.String())
	}
}

var listening = regexp.MustCompile(
	`^primebench-fiber listening on (http://127\.0\.0\.1:[1-9]\d*) threads=\d+ max_n=7 tier=published pitfall=by-value( [a-z]+=\S+)+\n$`)

func TestListensWhereItSaysUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	stdout, writer := io.Pipe()
	code := make(chan int, 1)
	go func() {
		var stderr bytes.Buffer
		threads := fmt.Sprint(runtime.GOMAXPROCS(0))
		arguments := []string{"--port", "0", "--threads", threads, "--max-n", "7", "--tier", "published", "--pitfall", "by-value"}
		code <- own.Run(ctx, arguments, writer, &stderr)
	}()

	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	match := listening.FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("%q", line)
	}
	response, err := http.Post(match[1]+"/calculate", "application/json", strings.NewReader(`{"n":7}`))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasPrefix(string(body), `{"n":7,"prime":17,`) {
		t.Errorf("%s, %v", body, err)
	}
	response.Body.Close()

	stop()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d, want 0", got)
	}
}
