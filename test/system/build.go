package system

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// binary is a build of the program, made once for a test binary's life unless an environment
// variable names one that is ready.
type binary struct {
	ready string // the variable
	race  bool
	made  atomic.Bool // there is a directory to remove
	once  sync.Once
	path  string
	err   error
}

var (
	// raced has the race detector where the tests have it, plain never has: what only asks a
	// server, or is killed over and over, takes a third of the processor that way.
	raced = &binary{ready: "BRIDGELOG_TEST_BINARY", race: raceEnabled}
	plain = &binary{ready: "BRIDGELOG_TEST_PLAIN"}
	// served is what servers run.
	served = raced
)

func (b *binary) get() (string, error) {
	b.once.Do(func() { b.path, b.err = b.build() })
	return b.path, b.err
}

func (b *binary) build() (string, error) {
	if ready := os.Getenv(b.ready); ready != "" {
		return ready, nil
	}
	dir, err := os.MkdirTemp("", "bridgelog-binary-")
	if err != nil {
		return "", err
	}
	b.made.Store(true)
	binary := filepath.Join(dir, "bridgelog")
	args := []string{"build", "-o", binary}
	if b.race {
		args = append(args, "-race")
	}
	compile := exec.Command("go", append(args, ".")...)
	compile.Dir = filepath.Join(Root(), "cmd", "bridgelog")
	if output, err := compile.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build bridgelog: %w\n%s", err, output)
	}
	return binary, nil
}

func (b *binary) remove() {
	if b.made.Load() && b.err == nil {
		_ = os.RemoveAll(filepath.Dir(b.path))
	}
}

// Binary returns the path of the built bridgelog that servers run.
func Binary(t testing.TB) string {
	t.Helper()
	return pathOf(t, served)
}

// Client returns the path of the built bridgelog that client commands run.
func Client(t testing.TB) string {
	t.Helper()
	return pathOf(t, plain)
}

func pathOf(t testing.TB, b *binary) string {
	t.Helper()
	path, err := b.get()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// Root is the repository's root.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Main runs the tests of a package and removes the binaries that they built. The
// process may also be a node of a cluster of package natstest.
func Main(m *testing.M) {
	code := natstest.Main(m)
	raced.remove()
	plain.remove()
	os.Exit(code)
}

// MainPlain is Main for tests whose servers run without the race detector: those that kill
// them over and over. The same code runs with it elsewhere.
func MainPlain(m *testing.M) {
	served = plain
	Main(m)
}
