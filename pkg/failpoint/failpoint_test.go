package failpoint_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
)

var (
	first  = failpoint.New("failpoint_test.first")
	second = failpoint.New("failpoint_test.second")
)

func TestMain(m *testing.M) {
	if os.Getenv("FAILPOINT_CHILD") != "" {
		os.Exit(child())
	}
	os.Exit(m.Run())
}

// child hits both points and reports by its exit code how far it came.
func child() int {
	if err := failpoint.ArmFromEnv(); err != nil {
		return 3
	}
	if err := first.Hit(context.Background()); err != nil {
		return 4
	}
	if err := second.Hit(context.Background()); err != nil {
		return 5
	}
	return 0
}

func runChild(t *testing.T, points, trace string) *os.ProcessState {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "FAILPOINT_CHILD=1", failpoint.EnvPoints+"="+points, failpoint.EnvTrace+"="+trace)
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatalf("run child: %v", err)
	}
	return cmd.ProcessState
}

func TestUnarmedPointDoesNothing(t *testing.T) {
	if err := first.Hit(t.Context()); err != nil || first.Hits() != 0 {
		t.Fatalf("got %v after %d hits", err, first.Hits())
	}
}

func TestArmAndDisarm(t *testing.T) {
	disarm, err := failpoint.Arm(first.Name(), failpoint.Fail)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Hit(t.Context()); !errors.Is(err, failpoint.ErrInjected) || !strings.Contains(err.Error(), first.Name()) {
		t.Fatalf("armed: %v", err)
	}
	disarm()
	if err := first.Hit(t.Context()); err != nil {
		t.Fatalf("disarmed: %v", err)
	}
	if first.Hits() != 1 {
		t.Fatalf("hits: %d", first.Hits())
	}
}

func TestPauseWaitsForTheContext(t *testing.T) {
	disarm, err := failpoint.Arm(second.Name(), failpoint.Pause)
	if err != nil {
		t.Fatal(err)
	}
	defer disarm()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := second.Hit(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	if _, err := failpoint.Arm("nobody.declared_this", failpoint.Fail); !errors.Is(err, failpoint.ErrUnknown) {
		t.Fatalf("got %v", err)
	}
	if state := runChild(t, "failpoint_test.first=explode", ""); state.ExitCode() != 3 {
		t.Fatalf("exit code %d", state.ExitCode())
	}
}

func TestNamesListsEveryPoint(t *testing.T) {
	for _, name := range []string{first.Name(), second.Name()} {
		if !slices.Contains(failpoint.Names(), name) {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestKillEndsTheProcessAndLeavesATrace(t *testing.T) {
	trace := filepath.Join(t.TempDir(), "trace")
	state := runChild(t, "failpoint_test.second=kill", trace)
	if state.ExitCode() != -1 || state.Success() {
		t.Fatalf("the child was not killed: %s", state)
	}
	noted, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	if want := "failpoint_test.first\nfailpoint_test.second\n"; string(noted) != want {
		t.Fatalf("trace %q, want %q", noted, want)
	}
}

func BenchmarkUnarmed(b *testing.B) {
	for b.Loop() {
		_ = first.Hit(b.Context())
	}
}
