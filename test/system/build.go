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

// built says that there is a directory to remove.
var built atomic.Bool

// build compiles the binary once for a test binary's life.
var build = sync.OnceValues(func() (string, error) {
	if ready := os.Getenv("BRIDGELOG_TEST_BINARY"); ready != "" {
		return ready, nil
	}
	dir, err := os.MkdirTemp("", "bridgelog-binary-")
	if err != nil {
		return "", err
	}
	built.Store(true)
	binary := filepath.Join(dir, "bridgelog")
	args := []string{"build", "-o", binary}
	if raceEnabled {
		args = append(args, "-race")
	}
	compile := exec.Command("go", append(args, ".")...)
	compile.Dir = filepath.Join(Root(), "cmd", "bridgelog")
	if output, err := compile.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build bridgelog: %w\n%s", err, output)
	}
	return binary, nil
})

// Binary returns the path of the built bridgelog.
func Binary(t testing.TB) string {
	t.Helper()
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// Root is the repository's root.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

// Main runs the tests of a package and removes the binary that they built. The
// process may also be a node of a cluster of package natstest.
func Main(m *testing.M) {
	code := natstest.Main(m)
	if built.Load() {
		if binary, err := build(); err == nil {
			_ = os.RemoveAll(filepath.Dir(binary))
		}
	}
	os.Exit(code)
}
