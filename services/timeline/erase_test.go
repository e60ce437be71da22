package timeline_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// files returns the files of the database that hold some bytes.
func (w *world) files(text string) []string {
	w.t.Helper()
	return pgtest.Files(w.t, w.pool, text)
}

// TestRedactedContentLeavesTheFiles looks for a redacted word in the files of the
// database: rows and their old versions, indexes, statistics, write-ahead log.
func TestRedactedContentLeavesTheFiles(t *testing.T) {
	const word = "cormorantx"
	w := newWorld(t)
	n := w.start()
	w.fill(40) // so that pages hold other rows beside
	id := w.Declare(incident.Declare{Title: word + " title", Severity: incident.SEV1}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: word + " note", Author: word}, logtest.Act{})
	// Long enough to be moved out of its row, and not to be compressed away.
	w.Do(id, incident.AddNote{Text: noise(6000) + " " + word}, logtest.Act{})
	w.Do(id, incident.PublishUpdate{UpdateID: "u", Status: incident.StatusIdentified, Message: word + " message"}, logtest.Act{})
	kept := w.Declare(incident.Declare{Title: "heronx stays", Severity: incident.SEV1}, logtest.Act{})
	w.fill(40)
	w.visible(n)
	w.sql("analyze")
	if len(w.files(word)) == 0 {
		t.Fatal("the word is not in the files at first, so the test shows nothing")
	}
	for revision := uint64(1); revision <= 4; revision++ {
		w.Redact(id, revision, logtest.Act{})
	}
	w.visible(n)
	var left []string
	w.eventually(func() bool {
		left = w.files(word)
		return len(left) == 0
	})
	if len(w.files("heronx")) == 0 {
		t.Error("what was not redacted is gone too")
	}
	got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: string(kept)}))
	if !strings.Contains(got.GetIncident().GetTitle(), "heronx") {
		t.Errorf("title %q", got.GetIncident().GetTitle())
	}
}

// noise is text that does not compress well.
func noise(size int) string {
	var b strings.Builder
	for n := uint64(1); b.Len() < size; n = n*6364136223846793005 + 1442695040888963407 {
		b.WriteByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[n>>33%62])
		if b.Len()%60 == 0 {
			b.WriteByte(' ')
		}
	}
	return b.String()
}
