package chaos_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/postgres/private"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// outage is how long the database is away.
const outage = time.Minute

// database starts a Postgres of the test's own that can be stopped and started.
func database(t *testing.T, config private.Config) *private.Server {
	t.Helper()
	server, err := private.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// TestCommandsGoOnWithoutPostgres stops the database for a minute. Incidents are
// declared and worked on meanwhile, /readyz says what is missing, and afterwards
// the view holds everything once.
func TestCommandsGoOnWithoutPostgres(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "bridgelog-outage-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	first := database(t, private.Config{Dir: dir})
	config := private.Config{Dir: dir, Port: first.Port()}
	s := system.Up(t, system.Options{Args: []string{"--database-url", first.URL()}})
	c := dial(t, s)
	incident := c.declare(t, "Before the outage", "before").GetIncidentId()
	if err := first.Stop(); err != nil {
		t.Fatal(err)
	}
	written := writeDuringOutage(t, c, incident)
	if code := readiness(t, s); code != http.StatusServiceUnavailable {
		t.Errorf("readyz says %d while the database is away", code)
	}
	second := database(t, config)
	defer func() { _ = second.Stop() }()
	last, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: "after"})
	if err != nil {
		t.Fatal(err)
	}
	awaitRead(t, c, incident, last.GetResult().GetPosition())
	texts := c.texts(t, incident, last.GetResult().GetPosition())
	for n := range written {
		if got := count(texts, fmt.Sprintf("during %d", n)); got != 1 {
			t.Errorf("note %d is there %d times", n, got)
		}
	}
	s.Stop(t) // before the database, which it still uses
}

// writeDuringOutage notes and declares until the outage is over, and returns how
// many notes were acknowledged.
func writeDuringOutage(t *testing.T, c clients, incident string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), outage)
	defer cancel()
	every := time.NewTicker(250 * time.Millisecond)
	defer every.Stop()
	for n := 0; ; n++ {
		if _, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: fmt.Sprintf("during %d", n)}); err != nil {
			t.Fatalf("a note during the outage: %v", err)
		}
		if n%20 == 0 {
			c.declare(t, fmt.Sprintf("Declared during the outage %d", n), fmt.Sprintf("during-%d", n))
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return n + 1
		}
	}
}

// awaitRead waits until reads answer again and hold a position.
func awaitRead(t *testing.T, c clients, incident, position string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		if _, err := c.timeline.GetIncident(within(t), getAt(incident, position)); err == nil {
			return
		} else if time.Now().After(deadline) {
			t.Fatalf("reads do not come back: %v", err)
		}
	}
}

func readiness(t *testing.T, s *system.System) int {
	t.Helper()
	request, err := http.NewRequestWithContext(within(t), http.MethodGet, s.Endpoints.Metrics+"/readyz", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}
