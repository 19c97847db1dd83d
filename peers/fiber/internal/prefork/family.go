package prefork

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// exitLimit is longer than a child drains, and leaves time to exit within 5 s of the signal.
const exitLimit = 4500 * time.Millisecond

// A family is the children of this process.
type family struct {
	children []*exec.Cmd
	running  sync.WaitGroup
	ended    chan error // how each child ended
}

func newFamily(size int) *family {
	return &family{ended: make(chan error, size)}
}

// add starts a child and returns once it listens, which it says in its first line on standard output.
func (f *family) add(arguments []string, stderr io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	child := exec.Command(program, arguments...)
	child.Env = append(os.Environ(), childEnvironment)
	child.Stderr = stderr
	child.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdout, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	_, err = bufio.NewReader(stdout).ReadString('\n')
	f.children = append(f.children, child)
	f.running.Add(1)
	go func() {
		defer f.running.Done()
		_ = child.Wait() // its state tells
		f.ended <- fmt.Errorf("child process %d ended: %s", child.Process.Pid, child.ProcessState)
	}()
	if err != nil {
		return <-f.ended
	}
	return nil
}

// end lets every child drain, kills what is left after exitLimit, and returns when none is left.
func (f *family) end() {
	f.signal(syscall.SIGTERM)
	limit := time.AfterFunc(exitLimit, func() { f.signal(syscall.SIGKILL) })
	defer limit.Stop()
	f.running.Wait()
}

func (f *family) signal(number syscall.Signal) {
	for _, child := range f.children {
		_ = child.Process.Signal(number) // it may have ended
	}
}
