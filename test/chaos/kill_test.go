package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	_ "github.com/bridgelog/bridgelog/services/command" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// act is a command that is sent again after the process died under it.
type act struct {
	// send sends it under a constant request id.
	send func(ctx context.Context, c clients, requestID string) error
	// once fails unless it has happened exactly once.
	once func(t *testing.T, c clients, requestID string)
}

// canary is text that must be gone after a redaction.
const canary = "canary-7f3a9c"

// acts are what is tried, and the points that each passes.
func acts(t *testing.T, incident string) map[string]act {
	t.Helper()
	note := act{
		send: func(ctx context.Context, c clients, id string) error {
			_, err := c.commands.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: incident, Text: "note " + id, RequestId: id})
			return err
		},
		once: func(t *testing.T, c clients, id string) {
			again, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: "note " + id, RequestId: id})
			if err != nil || !again.GetResult().GetReplayed() {
				t.Fatalf("a repetition: %v, %v", again, err)
			}
			if n := count(c.texts(t, incident, again.GetResult().GetPosition()), "note "+id); n != 1 {
				t.Errorf("the note is there %d times", n)
			}
		},
	}
	declare := act{
		send: func(ctx context.Context, c clients, id string) error {
			_, err := c.commands.DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: "declared " + id, RequestId: id})
			return err
		},
		once: func(t *testing.T, c clients, id string) {
			first, second := c.declare(t, "declared "+id, id), c.declare(t, "declared "+id, id)
			if first.GetNumber() != second.GetNumber() || first.GetIncidentId() != second.GetIncidentId() {
				t.Errorf("two incidents: INC-%d and INC-%d", first.GetNumber(), second.GetNumber())
			}
			next := c.declare(t, "after "+id, id+"-after")
			if next.GetNumber() != first.GetNumber()+1 {
				t.Errorf("INC-%d follows INC-%d: the numbers have a gap", next.GetNumber(), first.GetNumber())
			}
		},
	}
	apply := act{
		send: func(ctx context.Context, c clients, id string) error {
			_, err := c.catalog.Apply(ctx, applied(id))
			return err
		},
		once: func(t *testing.T, c clients, id string) {
			for _, r := range applied(id).GetResources() {
				got, err := c.catalog.GetResource(within(t), &catalogv1.GetResourceRequest{Kind: r.GetKind(), Name: r.GetName()})
				if err != nil || got.GetResource().GetRevision() != 1 {
					t.Errorf("%s/%s: %v, %v", r.GetKind(), r.GetName(), got, err)
				}
			}
		},
	}
	return map[string]act{"command.": note, "declare.": declare, "apply.": apply, "redact.": redaction(incident), "import.": imported()}
}

func applied(id string) *catalogv1.ApplyRequest {
	var resources []*catalogv1.Resource
	for n := range 3 {
		resources = append(resources, &catalogv1.Resource{
			Kind: "component", Name: fmt.Sprintf("part-%s-%d", id, n),
			Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Component{Component: &catalogv1.ComponentSpec{DisplayName: id}}},
		})
	}
	return &catalogv1.ApplyRequest{Resources: resources, RequestId: id}
}

// redaction writes a note with a canary, redacts it, and looks for the canary.
func redaction(incident string) act {
	note := func(id string) *incidentv1.AddNoteRequest {
		return &incidentv1.AddNoteRequest{Incident: incident, Text: canary + " " + id, RequestId: id + "-note"}
	}
	return act{
		send: func(ctx context.Context, c clients, id string) error {
			noted, err := c.commands.AddNote(ctx, note(id))
			if err != nil {
				return err
			}
			_, err = c.commands.RedactEntry(ctx, &incidentv1.RedactEntryRequest{
				Incident: incident, RequestId: id, Entry: noted.GetResult().GetEntries()[0], ReasonCode: "secret",
			})
			return err
		},
		once: func(t *testing.T, c clients, id string) {
			again, err := c.commands.AddNote(within(t), note(id))
			if err != nil || !again.GetResult().GetReplayed() {
				t.Fatalf("the note's request id did not survive: %v, %v", again, err)
			}
			after, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: "after the redaction " + id})
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range c.texts(t, incident, after.GetResult().GetPosition()) {
				if strings.Contains(text, canary+" "+id) {
					t.Errorf("the redacted text is still shown: %q", text)
				}
			}
		},
	}
}

func imported() act {
	history := func(id string) *incidentv1.ImportIncidentsRequest {
		request := &incidentv1.ImportIncidentsRequest{}
		for n := range 5 {
			request.Incidents = append(request.Incidents, &incidentv1.ImportedIncident{
				Declare: &incidentv1.DeclareIncidentRequest{
					Title: "imported " + id, OccurredAt: timestamppb.New(time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)),
					External: &incidentv1.ExternalReference{System: "test", Id: fmt.Sprintf("%s-%d", id, n)},
				},
			})
		}
		return request
	}
	return act{
		send: func(ctx context.Context, c clients, id string) error {
			answer, err := c.commands.ImportIncidents(ctx, history(id))
			for _, o := range answer.GetOutcomes() {
				if o.GetError() != "" {
					return errors.New(o.GetError())
				}
			}
			return err
		},
		once: func(t *testing.T, c clients, id string) {
			again, err := c.commands.ImportIncidents(within(t), history(id))
			if err != nil {
				t.Fatal(err)
			}
			for n, o := range again.GetOutcomes() {
				if !o.GetExisted() || o.GetError() != "" || o.GetEvents() != 0 {
					t.Errorf("history %d: %v", n, o)
				}
			}
		},
	}
}

// TestKilledAtEveryPoint kills the whole process with SIGKILL at each named point
// between receiving a command and answering it, starts it again, and repeats the
// command: it must have happened once, and nothing acknowledged before may be
// missing.
func TestKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	c := dial(t, s)
	incident := c.declare(t, "Chaos", "chaos").GetIncidentId()
	tried := acts(t, incident)
	var acknowledged []string
	for n, point := range commandPoints(tried) {
		id := fmt.Sprintf("r%d", n)
		a := tried[prefixOf(point)]
		s.Stop(t)
		s.Env("BRIDGELOG_FAILPOINTS=" + point + "=kill")
		s.Start(t)
		if err := a.send(within(t), dial(t, s), id); err == nil {
			t.Fatalf("%s: the command was answered although the process had to die", point)
		}
		if err := s.Wait(t); err == nil {
			t.Fatalf("%s: the process ended cleanly", point)
		}
		s.Env("")
		s.Start(t)
		c := dial(t, s)
		if err := a.send(within(t), c, id); err != nil {
			t.Fatalf("%s: the repetition failed: %v", point, err)
		}
		t.Run(point, func(t *testing.T) { a.once(t, c, id) })
		mark := "acknowledged " + id
		if _, err := c.commands.PostUpdate(within(t), &incidentv1.PostUpdateRequest{Incident: incident, Text: mark}); err != nil {
			t.Fatal(err)
		}
		acknowledged = append(acknowledged, mark)
	}
	last, err := dial(t, s).commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: "end"})
	if err != nil {
		t.Fatal(err)
	}
	texts := dial(t, s).texts(t, incident, last.GetResult().GetPosition())
	for _, mark := range acknowledged {
		if count(texts, mark) != 1 {
			t.Errorf("%q is there %d times", mark, count(texts, mark))
		}
	}
	if s.Try(t, "verify").Code != 0 {
		t.Errorf("verify: %s", s.Try(t, "verify"))
	}
	gone(t, s.Dir, canary)
	s.Stop(t)
}

// commandPoints are the points between receiving a command and answering it.
func commandPoints(tried map[string]act) []string {
	var points []string
	for _, name := range failpoint.Names() {
		if _, ok := tried[prefixOf(name)]; ok && name != "redact.between_erasures" && name != "redact.between_entries" {
			points = append(points, name)
		}
	}
	return points
}

func prefixOf(point string) string {
	before, _, _ := strings.Cut(point, ".")
	return before + "."
}

// TestEveryPointIsTried fails when a point is added that nobody kills at.
func TestEveryPointIsTried(t *testing.T) {
	t.Parallel()
	// The first two lie between several erasures of one call; the conformance suite of the
	// log interrupts them. The others are around one call to command, which the tests of
	// the notifier's checks and of its watcher interrupt.
	elsewhere := []string{
		"redact.between_erasures", "redact.between_entries",
		"check.before_record", "check.after_record", "watch.before_report", "watch.after_report",
	}
	// Points with these beginnings have tests of their own, which range over them.
	ranged := []string{
		projectionPrefix, intakePrefix, alertViewPrefix, changeViewPrefix, relayPrefix, notifierPrefix, erasurePrefix, saidPrefix,
		keeperPrefix, beatPrefix, pagingPrefix, pageViewPrefix, teePrefix, pagerPrefix,
	}
	points := commandPoints(acts(t, ""))
	for _, name := range failpoint.Names() {
		ownTest := slices.ContainsFunc(ranged, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if !ownTest && !slices.Contains(points, name) && !slices.Contains(elsewhere, name) {
			t.Errorf("nothing is killed at %s", name)
		}
	}
}
