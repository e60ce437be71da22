package projection_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
)

// Variables by which the test binary becomes a process that projects: where the
// log is, and the address of the database.
const (
	childLog      = "BRIDGELOG_TEST_PROJECTION_LOG"
	childDatabase = "BRIDGELOG_TEST_PROJECTION_DATABASE"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childLog); dir != "" {
		if err := project(dir, os.Getenv(childDatabase)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(server.Run(m))
}

// project catches up with a log, unless a point ends the process before.
func project(dir, database string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := failpoint.ArmFromEnv(); err != nil {
		return err
	}
	broker, err := natsserver.Start(ctx, natsserver.Options{Dir: dir})
	if err != nil {
		return err
	}
	defer broker.Close()
	conn, err := broker.Connect(natsserver.UserCommand)
	if err != nil {
		return err
	}
	defer conn.Close()
	log, err := jetstream.Open(ctx, conn, jetstream.Options{})
	if err != nil {
		return err
	}
	pool, err := postgres.Open(ctx, database, postgres.Options{})
	if err != nil {
		return err
	}
	defer pool.Close()
	runner, err := projection.New(projection.Config{
		Name: "tally", Log: log, Pool: pool, View: &tally{}, Logger: slog.New(slog.DiscardHandler), MaxBatch: 50,
	})
	if err != nil {
		return err
	}
	go runner.Run(ctx) //nolint:errcheck // returns nil; the process ends with it
	head, err := log.Head(ctx)
	if err != nil {
		return err
	}
	return runner.Wait(ctx, head)
}

// TestAKilledProcessLosesAndDoublesNothing kills a process at each point of a
// transaction, several times, with a log and a database that outlive it.
func TestAKilledProcessLosesAndDoublesNothing(t *testing.T) {
	url := server.URL(t)
	pool := openTables(t, url)
	broker := natstest.Start(t)
	log := broker.Log(jetstream.Config{}, jetstream.Options{})
	points := []string{"projection.after_rows", "projection.before_commit", "projection.after_commit"}
	for round := range 2 * len(points) {
		point := points[round%len(points)]
		write(t, log, some(120)...)
		before := rowsOf(t, pool)
		broker.Restart(func(dir string) {
			out, err := child(t, dir, url, point+"=kill")
			if err == nil {
				t.Fatalf("the process passed %s and lived", point)
			}
			t.Logf("%s: %v %s; rows %d → %d", point, err, out, before, rowsOf(t, pool))
		})
		log = natstest.OpenLog(t, broker.Conn(natsserver.UserCommand), jetstream.Options{})
		checkPrefix(t, pool, log)
	}
	broker.Restart(func(dir string) {
		if out, err := child(t, dir, url, ""); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	})
	check(t, pool, natstest.OpenLog(t, broker.Conn(natsserver.UserCommand), jetstream.Options{}))
}

// child runs a process that projects.
func child(t *testing.T, dir, database, points string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childLog+"="+dir, childDatabase+"="+database, failpoint.EnvPoints+"="+points)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// checkPrefix compares the rows with the log up to the checkpoint.
func checkPrefix(t *testing.T, pool projection.Querier, log eventlog.Log) {
	t.Helper()
	at, err := projection.Checkpoint(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	var rows, last uint64
	err = pool.QueryRow(t.Context(), "select count(*), coalesce(max(sequence), 0) from tally").Scan(&rows, &last)
	if err != nil || rows != at.Sequence || last != at.Sequence {
		t.Fatalf("%d rows up to %d, but the checkpoint is at %d (%v)", rows, last, at.Sequence, err)
	}
	if at.IsStart() {
		return
	}
	m, err := log.At(t.Context(), at.Sequence)
	if err != nil {
		t.Fatal(err)
	}
	if stands, err := m.Position(); err != nil || stands != at {
		t.Fatalf("the checkpoint %s is not a position of the log, which has %s (%v)", at, stands, err)
	}
}

func rowsOf(t *testing.T, pool projection.Querier) (n int) {
	t.Helper()
	if err := pool.QueryRow(t.Context(), "select count(*) from tally").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
