package jetstream_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// blocks are the files in which the log's messages lie.
func blocks(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if filepath.Ext(path) == ".blk" && bytes.Contains([]byte(path), []byte("/LOG/msgs/")) {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("blocks in %s: %v (%v)", dir, files, err)
	}
	return files
}

// flip changes one bit of a stored message that says text.
func flip(t *testing.T, dir, text string) {
	t.Helper()
	for _, path := range blocks(t, dir) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if at := bytes.Index(data, []byte(text)); at >= 0 {
			data[at] ^= 0x10
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("%q is not in the store", text)
}

func reopen(t *testing.T, server *natstest.Server) *jetstream.Log {
	t.Helper()
	return natstest.OpenLog(t, server.Conn(natsserver.UserCommand), jetstream.Options{})
}

func TestScrubberFindsAFlippedBit(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	for _, content := range []string{"first-entry", "second-entry", "third-entry", "fourth-entry"} {
		a.Append(log, content)
	}
	server.Restart(func(dir string) { flip(t, dir, "second-entry") })
	log = reopen(t, server)

	var found []eventlog.Finding
	s := eventlog.NewScrubber(log, eventlog.ScrubOptions{OnFinding: func(f eventlog.Finding) { found = append(found, f) }})
	if err := s.Pass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 || found[0].Sequence != 2 || s.Stats().Findings == 0 {
		t.Fatalf("found %+v", found)
	}
	_, err := log.Load(t.Context(), a.Subject, 0)
	if _, hole := errors.AsType[*eventlog.HoleError](err); !hole {
		t.Fatalf("load: %v", err)
	}
}

// TestDamagedEndStopsTheReader damages the last block while the server is
// stopped and removes the index, so that sequences are used again: whoever had
// read the lost message must notice.
func TestDamagedEndStopsTheReader(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "first-entry")
	before := *a
	checkpoint := a.Append(log, "last-entry")
	server.Restart(func(dir string) {
		flip(t, dir, "last-entry")
		for _, path := range blocks(t, dir) {
			if err := os.Remove(filepath.Join(filepath.Dir(path), "index.db")); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
	})
	log = reopen(t, server)
	fn := func(m eventlog.Message) error { return errors.New("delivered") }
	err := log.Tail(t.Context(), checkpoint, fn)
	wrong, ok := errors.AsType[*eventlog.PositionError](err)
	if !ok || wrong.Reason != eventlog.ReasonAhead {
		t.Fatalf("tail of the shorter log: %v", err)
	}
	if again := before.Append(log, "another entry"); again.Sequence != checkpoint.Sequence {
		t.Fatalf("appended at %d, expected the sequence %d to be used again", again.Sequence, checkpoint.Sequence)
	}
	err = log.Tail(t.Context(), checkpoint, fn)
	if wrong, ok = errors.AsType[*eventlog.PositionError](err); !ok || wrong.Reason != eventlog.ReasonHash {
		t.Fatalf("tail of the other log: %v", err)
	}
}

func TestRedactedBytesLeaveTheStore(t *testing.T) {
	const secret = "canary-in-the-store"
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "sibling-kept", secret)
	holds := func(text string) bool {
		for _, path := range blocks(t, server.Dir()) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(data, []byte(text)) {
				return true
			}
		}
		return false
	}
	if !holds(secret) {
		t.Fatal("the store never held the text, so this test proves nothing")
	}
	if _, err := eventlog.Redact(t.Context(), log, a.Redaction(2)); err != nil {
		t.Fatal(err)
	}
	if holds(secret) || !holds("sibling-kept") {
		t.Fatalf("after the redaction: secret %v, sibling %v", holds(secret), holds("sibling-kept"))
	}
}
