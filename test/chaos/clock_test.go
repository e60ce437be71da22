package chaos_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// clock is that of a running system, as a file which the test writes.
type clock struct{ path string }

func (c clock) jump(t *testing.T, offset time.Duration) {
	t.Helper()
	beside := c.path + ".new"
	if err := os.WriteFile(beside, []byte(offset.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(beside, c.path); err != nil {
		t.Fatal(err)
	}
}

// TestAClockThatJumpsAnHourBack lets the clock of a running system jump an hour
// back and on again. Times in an incident never go back and say that they were
// adjusted, a view of the past holds what was known, and a webhook gets each event
// once and at once: no timer waits an hour, and none fires again.
func TestAClockThatJumpsAnHourBack(t *testing.T) {
	t.Parallel()
	wall, got := clock{filepath.Join(t.TempDir(), "clock")}, newHook(t)
	wall.jump(t, 0)
	s := system.Up(t, system.Options{Env: []string{failpoint.EnvClock + "=" + wall.path, "CHAOS_HOOK_SECRET=" + hookSecret}})
	c := dial(t, s)
	if _, err := c.catalog.Apply(within(t), got.resource()); err != nil {
		t.Fatal(err)
	}
	incident := c.declare(t, "Before the jump", "clock").GetIncidentId()
	note(t, c, incident, "before")
	wall.jump(t, -time.Hour)
	during := note(t, c, incident, "during")
	other := c.declare(t, "After the jump", "clock-2")
	note(t, c, other.GetIncidentId(), "other")
	got.wants(t, 5) // none waits for the clock to be right again
	wall.jump(t, 0)
	after := note(t, c, incident, "after")

	entries := entriesOf(t, c, incident, after)
	var last time.Time
	for _, e := range entries {
		if recorded := e.GetRecordedTime().AsTime(); recorded.Before(last) {
			t.Errorf("entry %d was recorded at %s, the one before at %s", e.GetRevision(), recorded, last)
		} else {
			last = recorded
		}
		if want := e.GetText() == "during"; e.GetClockAdjusted() != want {
			t.Errorf("entry %q: adjusted %v, want %v", e.GetText(), e.GetClockAdjusted(), want)
		}
	}
	if len(entries) != 4 {
		t.Errorf("%d entries, want 4", len(entries))
	}
	awaitRead(t, c, other.GetIncidentId(), during)
	got.wants(t, 6)
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// note adds a note and returns the position of the write.
func note(t *testing.T, c clients, incident, text string) string {
	t.Helper()
	r, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetResult().GetPosition()
}

func entriesOf(t *testing.T, c clients, incident, position string) []*timelinev1.Entry {
	t.Helper()
	page, err := c.timeline.ListEntries(within(t), &timelinev1.ListEntriesRequest{Incident: incident, Position: position, PageSize: 100})
	if err != nil {
		t.Fatal(err)
	}
	return page.GetEntries()
}

// hookSecret signs the deliveries to a hook, which does not check them.
const hookSecret = "whsec_c2lnbi10aGUtYnJpZGdlLWxvZy1pbi1pbmstMzJieXRl"

// hook is a webhook's receiver that counts deliveries by id.
type hook struct {
	*httptest.Server

	mu   sync.Mutex
	seen map[string]int
}

func newHook(t *testing.T) *hook {
	t.Helper()
	h := &hook{seen: map[string]int{}}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.seen[r.Header.Get("webhook-id")]++
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(h.Close)
	return h
}

// resource subscribes the hook to what people do. An incident that was declared while
// the clock was wrong is an hour old afterwards: what its own clocks then say is right.
func (h *hook) resource() *catalogv1.ApplyRequest {
	return &catalogv1.ApplyRequest{Resources: []*catalogv1.Resource{{
		Kind: "webhook", Name: "hook", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Webhook{Webhook: &catalogv1.WebhookSpec{
			Url: h.URL, Secrets: []string{"env:CHAOS_HOOK_SECRET"},
			EventTypes: []string{"incident.declared", "incident.note_added"},
		}}},
	}}}
}

// wants waits until as many deliveries have arrived, and fails when one arrived
// twice or there are more.
func (h *hook) wants(t *testing.T, deliveries int) {
	t.Helper()
	state := func() string {
		h.mu.Lock()
		defer h.mu.Unlock()
		for id, times := range h.seen {
			if times != 1 {
				return fmt.Sprintf("delivery %s arrived %d times", id, times)
			}
		}
		return fmt.Sprintf("%d deliveries", len(h.seen))
	}
	want, deadline, tick := fmt.Sprintf("%d deliveries", deliveries), time.After(patience), time.NewTicker(20*time.Millisecond)
	defer tick.Stop()
	for state() != want {
		select {
		case <-tick.C:
		case <-deadline:
			t.Errorf("%s, want %s", state(), want)
			return
		}
	}
}
