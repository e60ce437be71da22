package host

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

func TestTheScrubbersPlaceIsKept(t *testing.T) {
	t.Parallel()
	file := scrubFile{filepath.Join(t.TempDir(), "scrub.json")}
	if nothing, err := file.Recall(t.Context()); err != nil || nothing != (eventlog.ScrubRecord{}) {
		t.Fatalf("%+v, %v", nothing, err)
	}
	for _, record := range []eventlog.ScrubRecord{
		{At: eventlog.Position{Epoch: "e", Sequence: 7, Hash: [32]byte{1}}, Found: 2},
		{Seen: eventlog.Position{Epoch: "e", Sequence: 9, Hash: [32]byte{2}}, LastPass: time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC), Damage: 1},
	} {
		if err := file.Keep(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		if got, err := file.Recall(t.Context()); err != nil || got != record {
			t.Errorf("kept %+v, recalled %+v, %v", record, got, err)
		}
	}
	if err := os.WriteFile(file.path, []byte(`{"seen": "nonsense"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Recall(t.Context()); err == nil {
		t.Error("nonsense is recalled")
	}
}
