package chaos_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	_ "github.com/bridgelog/bridgelog/services/notifier" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// Points of the notifier begin with notifierPrefix; of those, the ones of clocks end
// with clockSuffix.
const (
	notifierPrefix = "notifier."
	clockSuffix    = "_clock"
)

// inbox is a receiver that keeps what it got: how often each delivery came, by its
// id, and of which entry it is.
type inbox struct {
	mu      sync.Mutex
	times   map[string]int
	entries map[float64]map[string]bool
}

func newInbox(t *testing.T) (*inbox, string) {
	t.Helper()
	b := &inbox{times: map[string]int{}, entries: map[float64]map[string]bool{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return b, server.URL
}

func (b *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var event struct {
		Data struct {
			Entry float64 `json:"entry"`
		} `json:"data"`
	}
	_ = json.Unmarshal(body, &event)
	b.mu.Lock()
	defer b.mu.Unlock()
	id := r.Header.Get("Webhook-Id")
	b.times[id]++
	if b.entries[event.Data.Entry] == nil {
		b.entries[event.Data.Entry] = map[string]bool{}
	}
	b.entries[event.Data.Entry][id] = true
}

// ids are the ids under which an entry came.
func (b *inbox) ids(entry uint64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.entries[float64(entry)])
}

// TestNotifierKilledAtEveryPoint kills the whole process with SIGKILL at each named
// point between reading an event and having recorded its delivery, and starts it
// again: the event has to arrive, under one id however often, and nothing may be
// taken for uncertain.
func TestNotifierKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	b, url := newInbox(t)
	s := system.Up(t, system.Options{})
	c := dial(t, s)
	incident := c.declare(t, "Chaos of the notifier", "notifier-chaos").GetIncidentId()
	s.Do(t, "webhook", "add", "inbox", url)
	tried := 0
	for _, point := range failpoint.Names() {
		if !strings.HasPrefix(point, notifierPrefix) || strings.HasSuffix(point, clockSuffix) {
			continue
		}
		tried++
		entry := killNotifierAt(t, s, incident, point)
		t.Run(point, func(t *testing.T) {
			waitFor(t, "the delivery", func() bool { return b.ids(entry) > 0 }, func() string {
				return fmt.Sprintf("entry %d is not there: %s", entry, s.Try(t, "deliveries", "list"))
			})
			if n := b.ids(entry); n != 1 {
				t.Errorf("entry %d came under %d ids", entry, n)
			}
		})
	}
	if tried < 6 {
		t.Errorf("only %d points were tried", tried)
	}
	if held := s.Do(t, "deliveries", "list", "--state", "held"); !strings.Contains(held, "No deliveries") {
		t.Errorf("a crash was taken for an older database:\n%s", held)
	}
}

// killNotifierAt lets the process die at a point that a note makes it pass, and
// starts it again. It returns the note's entry.
func killNotifierAt(t *testing.T, s *system.System, incident, point string) uint64 {
	t.Helper()
	arm(t, s, point)
	// The process has just started and shows the incident anew, so that it passes
	// the points of a transaction too.
	update := func(c clients) (*incidentv1.PostUpdateResponse, error) {
		return c.commands.PostUpdate(within(t), &incidentv1.PostUpdateRequest{Incident: incident, Text: "at " + point, RequestId: point})
	}
	// The process may die before it answers.
	_, _ = update(dial(t, s))
	if err := s.Wait(t); err == nil {
		t.Fatalf("%s: the process ended cleanly", point)
	}
	s.Env("")
	s.Start(t)
	again, err := update(dial(t, s))
	if err != nil {
		t.Fatalf("%s: %v", point, err)
	}
	return again.GetResult().GetEntries()[0]
}
