package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
)

// moody is a log of which the reading of incidents fails.
type moody struct {
	eventlog.Log

	fails atomic.Int32 // how often it is away
	ill   string       // the incident that is damaged
}

func (m *moody) Load(ctx context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	if m.ill != "" && strings.HasSuffix(subject, m.ill) {
		return nil, errors.New("damaged")
	}
	if m.fails.Add(-1) >= 0 {
		return nil, fmt.Errorf("load: %w", eventlog.ErrUnavailable)
	}
	return m.Log.Load(ctx, subject, after)
}

// TestOpenIncidentsOutliveALogThatIsAway, and one that is damaged: the others are known.
func TestOpenIncidentsOutliveALogThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &moody{Log: memory.New(memory.Options{}), ill: "ill"}
		log.fails.Store(3)
		desk := incidentlogtest.Desk{Log: log.Log}
		declare := func(id incident.ID, number uint64) {
			desk.Must(t, id, incident.Declare{Number: number, Title: string(id), Severity: incident.SEV2, Services: []string{"db"}})
			// Reopened, it has to be read whole.
			desk.Must(t, id, incident.Resolve{}, incident.Reopen{Reason: "again"})
		}
		declare("sound", 1)
		declare("ill", 2)
		open := dispatch.NewOpen(log)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- open.Run(ctx) }()
		if id, err := open.Of(ctx, "db", "a"); err != nil || id != "sound" {
			t.Errorf("got %q, %v", id, err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// TestAnIncidentThatCouldNotBeReadIsReadAgain with the next thing that happens to it.
func TestAnIncidentThatCouldNotBeReadIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &moody{Log: memory.New(memory.Options{}), ill: "inc"}
		desk := incidentlogtest.Desk{Log: log.Log}
		desk.Must(t, "inc", incident.Declare{Number: 1, Title: "t", Severity: incident.SEV2, Services: []string{"db"}})
		desk.Must(t, "inc", incident.Resolve{}, incident.Reopen{Reason: "again"})
		open := dispatch.NewOpen(log)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- open.Run(ctx) }()
		if id, err := open.Of(ctx, "db", "a"); err != nil || id != "" {
			t.Errorf("damaged: got %q, %v", id, err)
		}
		log.ill = ""
		desk.Must(t, "inc", incident.AddNote{Text: "the disk was mended"})
		if id, err := open.Of(ctx, "db", "a"); err != nil || id != "inc" {
			t.Errorf("mended: got %q, %v", id, err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// TestTheIncidentThatHasTheAlertComesFirst: it was chosen before the process died.
func TestTheIncidentThatHasTheAlertComesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memory.New(memory.Options{})
		desk := incidentlogtest.Desk{Log: log}
		for n, id := range []incident.ID{"first", "second"} {
			desk.Must(t, id, incident.Declare{Number: uint64(n + 1), Title: string(id), Severity: incident.SEV2, Services: []string{"db"}})
		}
		desk.Must(t, "first", incident.LinkAlert{AlertID: "a", Fingerprint: "f", Source: "s", Title: "t"})
		open := dispatch.NewOpen(log)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- open.Run(ctx) }()
		for alert, want := range map[incident.AlertID]string{"a": "first", "b": "second"} {
			if id, err := open.Of(ctx, "db", alert); err != nil || id != want {
				t.Errorf("%s: got %q, %v; want %s", alert, id, err, want)
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}
