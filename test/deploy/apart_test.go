package deploy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/test/deploy"
	"github.com/bridgelog/bridgelog/test/system"
)

// patience bounds each wait, with the race detector on a busy machine.
const patience = 60 * time.Second

func TestMain(m *testing.M) { system.Main(m) }

// TestServicesWorkApart runs the containers of compose.yaml as processes: each
// with the command and the environment that the file gives it, on a loopback
// address of its own, around a NATS server that reads deploy/nats/single.conf.
// Then one incident goes through all of them.
func TestServicesWorkApart(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs more than one loopback address")
	}
	network := newNetwork(t)
	network.startNATS(t)
	for _, name := range []string{"command", "timeline", "notifier", "relay", "statuspage", "intake"} {
		network.start(t, name)
	}

	network.client(t, "command", "declare", "Checkout returns 502", "-s", "SEV-1", "--detach")
	waitFor(t, "the incident in the timeline", func() bool {
		return strings.Contains(network.client(t, "timeline", "list"), "Checkout returns 502")
	})
	waitFor(t, "the public page", func() bool { return network.get(t, "statuspage:7422", "/") == http.StatusOK })
	for _, name := range []string{"command", "timeline", "notifier", "relay", "statuspage", "intake"} {
		waitFor(t, name+" to be ready", func() bool { return network.get(t, name+":7424", "/readyz") == http.StatusOK })
	}
}

// network stands in for the engine's: every container has an address.
type network struct {
	compose   *deploy.Compose
	variables map[string]string
	addresses map[string]string
	database  string
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	secrets, err := exec.CommandContext(t.Context(), filepath.Join(filepath.Dir(composeFile), "secrets.sh")).Output()
	if err != nil {
		t.Fatal(err)
	}
	n := &network{
		compose: readCompose(t), variables: deploy.Variables(string(secrets)), addresses: map[string]string{},
		database: pgtest.NewOutage(t).URL(),
	}
	subnet := fmt.Sprintf("127.%d.%d", 1+rand.IntN(250), rand.IntN(250))
	for name := range n.compose.Services {
		n.addresses[name] = fmt.Sprintf("%s.%d", subnet, len(n.addresses)+1)
	}
	return n
}

// environment returns what compose.yaml gives a container, with addresses in the
// place of names.
func (n *network) environment(t *testing.T, name string) map[string]string {
	t.Helper()
	environment := map[string]string{}
	for key, value := range n.compose.Services[name].Environment {
		expanded, err := deploy.Expand(value, n.variables)
		if err != nil {
			t.Fatal(err)
		}
		for host, address := range n.addresses {
			// A name stands before a port: at the beginning, after // or after @.
			name := regexp.MustCompile(`(^|//|@)` + host + `(:\d+)`)
			expanded = name.ReplaceAllString(expanded, "${1}"+address+"${2}")
		}
		environment[key] = expanded
	}
	return environment
}

// startNATS runs a server in this process with the configuration that the
// container mounts, which takes its variables from the environment.
func (n *network) startNATS(t *testing.T) {
	t.Helper()
	for key, value := range n.environment(t, "nats") {
		t.Setenv(key, value)
	}
	t.Setenv("BRIDGELOG_NATS_LISTEN", n.addresses["nats"]+":4222")
	t.Setenv("BRIDGELOG_NATS_STORE", t.TempDir())
	options, err := server.ProcessConfigFile(filepath.Join("..", "..", "deploy", "nats", "single.conf"))
	if err != nil {
		t.Fatal(err)
	}
	options.NoSigs = true
	running, err := server.NewServer(options)
	if err != nil {
		t.Fatal(err)
	}
	running.Start()
	t.Cleanup(func() {
		running.Shutdown()
		running.WaitForShutdown()
	})
	if !running.ReadyForConnections(patience) {
		t.Fatal("NATS is not ready")
	}
}

// start runs a container's command and waits until it says that it is ready. At
// the end of the test it has to stop cleanly.
func (n *network) start(t *testing.T, name string) {
	t.Helper()
	environment := n.environment(t, name)
	environment["BRIDGELOG_LISTEN"] = n.addresses[name]
	environment["BRIDGELOG_DATA_DIR"] = t.TempDir()
	if environment["BRIDGELOG_DATABASE_URL"] != "" {
		environment["BRIDGELOG_DATABASE_URL"] = n.database
	}
	process := exec.CommandContext(t.Context(), system.Binary(t), n.compose.Services[name].Command...)
	process.Env = outside()
	for key, value := range environment {
		process.Env = append(process.Env, key+"="+value)
	}
	printed := &output{}
	process.Stderr = printed
	// Told to stop, not killed, when the test ends.
	process.Cancel = func() error { return process.Process.Signal(syscall.SIGTERM) }
	process.WaitDelay = patience
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() {
		// The context of the test has ended, which told the process to stop.
		if err := <-ended; err != nil && process.ProcessState.ExitCode() != 0 {
			t.Errorf("%s did not stop cleanly: %v\n%s", name, err, printed)
		}
	})
	waitFor(t, name+" to be ready", func() bool {
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v\n%s", name, err, printed)
		default:
		}
		return strings.Contains(printed.String(), "ready")
	})
}

// outside is the environment of this process without our own variables, so that a
// container gets only what its file gives it.
func outside() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "BRIDGELOG_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// client runs a client command as the first administrator and returns what it
// prints.
func (n *network) client(t *testing.T, host string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), system.Binary(t), arguments...)
	command.Env = append(outside(), "HOME="+t.TempDir(), "XDG_DATA_HOME=", "XDG_CONFIG_HOME=",
		"BRIDGELOG_SERVER="+n.addresses[host]+":7420", "BRIDGELOG_TOKEN="+n.variables["BOOTSTRAP_TOKEN"])
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err := command.Output()
	if err != nil {
		t.Fatalf("bridgelog %v: %v\n%s", arguments, err, stderr.String())
	}
	return string(printed)
}

// get returns the status code of a page, or 0 when nobody answers.
func (n *network) get(t *testing.T, hostPort, path string) int {
	t.Helper()
	host, port, _ := strings.Cut(hostPort, ":")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.addresses[host]+":"+port+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// waitFor polls a condition until it holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("waited %s for %s", patience, what)
		case <-tick.C:
		}
	}
}

// output collects what a process prints.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
