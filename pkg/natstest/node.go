package natstest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// envNode tells the test binary to be a node with the configuration file that
// it names.
const envNode = "BRIDGELOG_NATSTEST_NODE"

// Main runs the tests, or a node of a cluster when this process was started as
// one. It returns the exit code.
func Main(m *testing.M) int {
	if path := os.Getenv(envNode); path != "" {
		return runNode(path)
	}
	return m.Run()
}

// runNode is what a server of its own does, until it is told to stop.
func runNode(path string) int {
	opts, err := server.ProcessConfigFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "configuration:", err)
		return 2
	}
	opts.NoSigs = true
	s, err := server.NewServer(opts)
	if err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		return 2
	}
	s.ConfigureLogger()
	s.Start()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	s.Shutdown()
	s.WaitForShutdown()
	return 0
}

// Node is one server process of a cluster.
type Node struct {
	// Name is the server's name.
	Name string
	// Addr is where clients connect, "host:port".
	Addr string
	// Dir is where its store lies.
	Dir string

	env []string
	cmd *exec.Cmd
}

// start starts the process. The test ends it, however the test ends.
func (n *Node) start(t testing.TB) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), n.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.OpenFile(n.Dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = log, log
	err = cmd.Start()
	closeAll(log)
	if err != nil {
		t.Fatalf("start node %s: %v", n.Name, err)
	}
	n.cmd = cmd
}

// Kill ends the process as a power cut would, and waits until it is gone.
func (n *Node) Kill() { n.end(syscall.SIGKILL) }

// Stop ends the process in order.
func (n *Node) Stop() { n.end(syscall.SIGTERM) }

// Pause stops the process in its tracks; Resume lets it go on.
func (n *Node) Pause() { _ = n.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume ends a Pause.
func (n *Node) Resume() { _ = n.cmd.Process.Signal(syscall.SIGCONT) }

func (n *Node) end(with syscall.Signal) {
	if n.cmd == nil {
		return
	}
	if err := n.cmd.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return
	}
	_ = n.cmd.Wait() // it ends by the signal, which is an error
	n.cmd = nil
}
