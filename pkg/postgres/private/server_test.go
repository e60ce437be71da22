package private_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/postgres/private"
)

// childVariable tells the test binary to be a parent that is killed.
const childVariable = "BRIDGELOG_TEST_PRIVATE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		os.Exit(child(dir))
	}
	goleak.VerifyTestMain(m)
}

// child starts a server, says that it runs, and waits to be killed.
func child(dir string) int {
	server, err := private.Start(context.Background(), config(dir))
	if err != nil {
		_, _ = fmt.Fprintln(os.Stdout, "error", err)
		return 1
	}
	_, _ = fmt.Fprintln(os.Stdout, "pid", server.Pid())
	select {}
}

func config(dir string) private.Config {
	return private.Config{Dir: dir, BinDirs: []string{os.Getenv("BRIDGELOG_POSTGRES_BIN")}}
}

func start(t *testing.T, c private.Config) *private.Server {
	t.Helper()
	began := time.Now()
	server, err := private.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %s", time.Since(began))
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	return server
}

// query runs a statement that answers one value.
func query(t *testing.T, url, sql string, dest any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(dest); err != nil {
		t.Fatal(err)
	}
}

func TestRowsSurviveACleanStop(t *testing.T) {
	// A directory that only its owner can enter, as below /root.
	dir := filepath.Join(t.TempDir(), "closed", "postgres")
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		t.Fatal(err)
	}
	first := start(t, config(dir))
	var made int
	query(t, first.URL(), "with x as (select 7 as v) select v from x", &made)
	conn, err := pgx.Connect(t.Context(), first.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "create table kept as select 42 as answer"); err != nil {
		t.Fatal(err)
	}
	conn.Close(t.Context())
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	second := start(t, config(dir))
	var answer int
	query(t, second.URL(), "select answer from kept", &answer)
	if answer != 42 {
		t.Fatalf("answer = %d", answer)
	}
	var fsync string
	query(t, second.URL(), "show fsync", &fsync)
	if fsync != "on" {
		t.Fatalf("fsync = %s", fsync)
	}
}

func TestASecondServerIsRefused(t *testing.T) {
	dir := t.TempDir()
	start(t, config(dir))
	if _, err := private.Start(t.Context(), config(dir)); !errors.Is(err, private.ErrInUse) {
		t.Fatalf("err = %v, want ErrInUse", err)
	}
}

func TestAServerThatDiesIsStartedAgain(t *testing.T) {
	server := start(t, config(t.TempDir()))
	before := server.Pid()
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		conn, err := pgx.Connect(t.Context(), server.URL())
		if err != nil {
			return false
		}
		conn.Close(t.Context())
		return server.Pid() != before
	})
}

func TestAKilledParentLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Fscanf(out, "pid %d\n", &pid); err != nil || pid == 0 {
		t.Fatalf("the child did not start: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	// At once, so that the orphan is still there or just stopping.
	server := start(t, config(dir))
	if server.Pid() == pid {
		t.Fatal("the orphan still runs")
	}
	if alive(pid) {
		t.Fatal("the orphan was not stopped")
	}
}

func TestAStaleLockFileOfAnotherProcessIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, config(dir)).Stop(); err != nil {
		t.Fatal(err)
	}
	// The process id of this test: alive, but no server of this directory.
	stale := fmt.Sprintf("%d\n%s\n1\n5432\n\n127.0.0.1\n0 0\nready\n", os.Getpid(), dir)
	if err := os.WriteFile(filepath.Join(dir, "cluster", "data", "postmaster.pid"), []byte(stale), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, config(dir))
}

func TestAnInterruptedInitIsDoneAgain(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "cluster.new", "data", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	start(t, config(dir))
}

func TestAnotherVersionIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := start(t, config(dir)).Stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cluster", "data", "PG_VERSION"), []byte("12\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := private.Start(t.Context(), config(dir))
	if !errors.Is(err, private.ErrVersion) || !strings.Contains(err.Error(), "PostgreSQL 12") {
		t.Fatalf("err = %v, want ErrVersion that names PostgreSQL 12", err)
	}
}

// alive tells whether a process exists and is no zombie.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			t.Fatal("it did not happen in time")
		case <-tick.C:
		}
	}
}
