package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"primebench/peers/fiber/internal/command"
)

func TestFlagsOfTheOtherPeerAreRefused(t *testing.T) {
	for _, line := range []string{"--prefork", "--pitfall leak"} {
		var stdout, stderr bytes.Buffer
		if code := own.Run(context.Background(), strings.Fields(line), &stdout, &stderr); code != command.ExitUsage {
			t.Errorf("%s: exit code %d, want %d", line, code, command.ExitUsage)
		}
	}
}

var listening = regexp.MustCompile(
	`^primebench-fiber-v3 listening on (http://127\.0\.0\.1:[1-9]\d*) threads=1 max_n=7 tier=published( [a-z]+=\S+)+\n$`)

func TestListensWhereItSaysUntilItIsStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	stdout, writer := io.Pipe()
	code := make(chan int, 1)
	go func() {
		var stderr bytes.Buffer
		code <- own.Run(ctx, strings.Fields("--port 0 --threads 1 --max-n 7 --tier published"), writer, &stderr)
	}()

	line, err := bufio.NewReader(stdout).ReadString('\n')
	match := listening.FindStringSubmatch(line)
	if match == nil {
		t.Fatalf("%q, %v", line, err)
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
	if got := <-code; got != command.ExitOK {
		t.Errorf("exit code %d, want %d", got, command.ExitOK)
	}
}
