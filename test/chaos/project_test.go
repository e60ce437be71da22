package chaos_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	_ "github.com/bridgelog/bridgelog/pkg/projection" // declares its points
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// projectionPrefix begins the points around a projection's transaction.
const projectionPrefix = "projection."

// TestKilledWhileProjecting kills the process with SIGKILL around the transaction
// that writes rows and checkpoint: afterwards each note is in the view once.
func TestKilledWhileProjecting(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	declared := dial(t, s).declare(t, "Projected", "projected")
	incident := declared.GetIncidentId()
	awaitRead(t, dial(t, s), incident, declared.GetPosition())
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, projectionPrefix) })
	if len(points) == 0 {
		t.Fatal("there are no points to kill at")
	}
	for n, point := range points {
		arm(t, s, point)
		note := &incidentv1.AddNoteRequest{Incident: incident, Text: fmt.Sprintf("note %d", n), RequestId: point}
		_, _ = dial(t, s).commands.AddNote(within(t), note) // answered or not
		if err := s.Wait(t); err == nil {
			t.Fatalf("%s: the process ended cleanly", point)
		}
		s.Env("")
		s.Start(t)
		c := dial(t, s)
		again, err := c.commands.AddNote(within(t), note)
		if err != nil {
			t.Fatalf("%s: %v", point, err)
		}
		awaitRead(t, c, incident, again.GetResult().GetPosition())
		if got := count(c.texts(t, incident, again.GetResult().GetPosition()), note.GetText()); got != 1 {
			t.Errorf("%s: the note is there %d times", point, got)
		}
	}
}
