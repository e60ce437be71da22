package chaos_test

import (
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/test/powercut"
	"github.com/bridgelog/bridgelog/test/system"
)

// onDisk runs the system with its log on a disk whose power can be cut. Its database
// is elsewhere, so that it remembers what it has seen.
func onDisk(t *testing.T, disk *powercut.Disk) *system.System {
	t.Helper()
	return system.Up(t, system.Options{
		Dir: filepath.Join(disk.Dir, "data"), Args: []string{"--database-url", pgtest.NewOutage(t).URL(), "--log-max-bytes", "1073741824"},
	})
}

func connect(t *testing.T, s *system.System) *grpc.ClientConn {
	t.Helper()
	conn, err := rpc.Dial(s.Endpoints.GRPC, s.Endpoints.Token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestAcknowledgedCommandsSurviveAPowerCut kills the system under writers and takes
// from its disk what was not synced, three times: nothing acknowledged is missing.
func TestAcknowledgedCommandsSurviveAPowerCut(t *testing.T) {
	t.Parallel()
	disk := powercut.Mount(t)
	s := onDisk(t, disk)
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	t.Logf("the seed is %d", seed)
	var rounds []*writers
	for _, name := range []string{"a", "b", "c"} {
		w := startWriters(t, name, 8, connect(t, s))
		w.await(t, 200)
		s.Kill(t)
		w.abandon()
		disk.Cut(t, func(writes int) int { return chance.IntN(writes + 1) })
		s.Start(t)
		rounds = append(rounds, w)
		for _, w := range rounds {
			w.check(t, dial(t, s))
		}
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	t.Logf("%d fsyncs; %d writes that were not synced are lost", disk.Syncs(), disk.Lost())
	s.Stop(t)
}

// TestADiskThatLiesIsFoundOut cuts the power of a disk that only pretends to sync.
// Acknowledged commands are lost then; the system, whose view has seen them, says so
// and does not go on as if nothing had happened.
func TestADiskThatLiesIsFoundOut(t *testing.T) {
	t.Parallel()
	disk := powercut.Mount(t, powercut.Lying())
	s := onDisk(t, disk)
	w := startWriters(t, "w", 4, connect(t, s))
	w.await(t, 200)
	for incident, position := range w.lastWrites() {
		awaitRead(t, dial(t, s), incident, position)
	}
	s.Kill(t)
	w.abandon()
	disk.Cut(t, func(writes int) int { return writes - writes/10 })
	s.Launch(t)
	if problem := s.Problem(t); problem != "" {
		if !strings.Contains(problem, "log") {
			t.Errorf("up refuses, but does not say that the log is damaged: %s", problem)
		}
		return
	}
	if code := readiness(t, s); code == http.StatusOK {
		t.Errorf("acknowledged commands are lost and readyz says %d", code)
	}
}
