package chaos_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

func getAt(incident, position string) *timelinev1.GetIncidentRequest {
	return &timelinev1.GetIncidentRequest{Incident: incident, Position: position}
}

// TestADamagedLastBlockIsNoticed flips a bit in the last record of the store while
// the system is stopped. The system must say so, at its start or in /readyz.
func TestADamagedLastBlockIsNoticed(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	c := dial(t, s)
	written := c.declare(t, "Damaged later", "damage")
	for n := range 20 {
		r, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: written.GetIncidentId(), Text: fmt.Sprintf("note %d", n)})
		if err != nil {
			t.Fatal(err)
		}
		written = r.GetResult()
	}
	c.texts(t, written.GetIncidentId(), written.GetPosition()) // the view holds it all
	s.Stop(t)
	flip(t, lastBlock(t, s.Dir))
	s.Launch(t)
	if problem := s.Problem(t); problem != "" {
		if !strings.Contains(problem, "log") {
			t.Errorf("up refuses, but does not say that the log is damaged: %s", problem)
		}
		return
	}
	if code := readiness(t, s); code == http.StatusOK {
		t.Errorf("the last record is damaged and readyz says %d", code)
	}
}

// lastBlock is the newest block of the log's store.
func lastBlock(t *testing.T, dir string) string {
	t.Helper()
	blocks, err := filepath.Glob(filepath.Join(dir, "nats", "jetstream", "*", "streams", "LOG", "msgs", "*.blk"))
	if err != nil || len(blocks) == 0 {
		t.Fatalf("found no blocks: %v", err)
	}
	slices.SortFunc(blocks, func(a, b string) int { return len(a) - len(b) })
	return blocks[len(blocks)-1]
}

// flip changes one bit of the last record of a block.
func flip(t *testing.T, block string) {
	t.Helper()
	content, err := os.ReadFile(block)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)-40] ^= 1
	if err := os.WriteFile(block, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestAFullLogRefusesClearly fills a log to its limit: the refusal says what is
// wrong, what was acknowledged is there, and nothing is half written.
func TestAFullLogRefusesClearly(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{Args: []string{"--log-max-bytes", "1048576"}})
	c := dial(t, s)
	written := c.declare(t, "Full", "full")
	text := strings.Repeat("x", 20_000)
	var refusal error
	notes := 0
	for refusal == nil && notes < 200 {
		r, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: written.GetIncidentId(), Text: text})
		if refusal = err; err == nil {
			written = r.GetResult()
			notes++
		}
	}
	if status.Code(refusal) != codes.ResourceExhausted || !strings.Contains(refusal.Error(), "full") {
		t.Errorf("after %d notes: %v, want ResourceExhausted that says that the log is full", notes, refusal)
	}
	if got := count(c.texts(t, written.GetIncidentId(), written.GetPosition()), text); got != notes {
		t.Errorf("%d notes are there, %d were acknowledged", got, notes)
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// TestAFullDiskRefusesClearly fills the disk under the data directory: the refusal
// says what is wrong, and so does /readyz. Once there is room the system goes on,
// and whatever was acknowledged is there, also after a kill.
func TestAFullDiskRefusesClearly(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "bridgelog-disk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=400m,mode=0711"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	s := system.Up(t, system.Options{Dir: filepath.Join(dir, "data"), Args: []string{"--log-max-bytes", "1073741824"}})
	c := dial(t, s)
	incident := c.declare(t, "Disk full", "disk").GetIncidentId()
	ballast := filepath.Join(dir, "ballast")
	fill(t, ballast)
	var acknowledged []string
	var refusal error
	for n := 0; n < 2000 && refusal == nil; n++ {
		mark := fmt.Sprintf("%d %s", n, strings.Repeat("x", 30_000))
		if _, refusal = c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: mark}); refusal == nil {
			acknowledged = append(acknowledged, mark)
		}
	}
	if status.Code(refusal) != codes.ResourceExhausted || !strings.Contains(refusal.Error(), "free disk space") {
		t.Errorf("after %d notes: %v, want ResourceExhausted that says to free disk space", len(acknowledged), refusal)
	}
	if code := readiness(t, s); code != http.StatusServiceUnavailable {
		t.Errorf("readyz says %d while the disk is full", code)
	}
	for _, leak := range []string{"nats:", "pgx", "SQLSTATE", dir} {
		if strings.Contains(refusal.Error(), leak) {
			t.Errorf("the refusal shows %q: %v", leak, refusal)
		}
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	mark := "room again, and not started again"
	if _, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: mark}); err != nil {
		t.Fatal(err)
	}
	acknowledged = append(acknowledged, mark)
	s.Kill(t)
	s.Start(t)
	c = dial(t, s)
	last, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: "room again"})
	if err != nil {
		t.Fatal(err)
	}
	awaitRead(t, c, incident, last.GetResult().GetPosition())
	texts := c.texts(t, incident, last.GetResult().GetPosition())
	for n, mark := range acknowledged {
		if count(texts, mark) != 1 {
			t.Errorf("acknowledged note %d is there %d times", n, count(texts, mark))
		}
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// fill writes a file until the disk has no room.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	chunk := make([]byte, 1<<20)
	for {
		if _, err := f.Write(chunk); err != nil {
			return
		}
	}
}
