package view_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares the JSON that scripts rely on. A key may be added; a change of
// any other kind breaks somebody.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", path, got)
	}
}

func at(minute int) *timestamppb.Timestamp {
	return timestamppb.New(time.Date(2026, 3, 1, 3, minute, 0, 123456000, time.UTC))
}

func incident() *timelinev1.Incident {
	components := []*incidentv1.ComponentImpact{{Component: "api", Status: incidentv1.ComponentStatus_COMPONENT_STATUS_PARTIAL_OUTAGE}}
	return &timelinev1.Incident{
		Id: "abc", Number: 41, Title: "Checkout returns 502", Summary: "All of it.",
		Severity: incidentv1.Severity_SEVERITY_SEV1, Status: incidentv1.Status_STATUS_INVESTIGATING, Drill: true,
		Origin: incidentv1.Origin_ORIGIN_ALERT, Services: []string{"checkout"},
		Roles:  []*timelinev1.RoleHolder{{Role: incidentv1.Role_ROLE_TECHNICAL_LEAD, Person: "p1", PersonName: "Ada", SinceTime: at(13)}},
		Impact: components,
		PublicUpdates: []*timelinev1.PublicUpdate{{
			Id: "u1", Status: incidentv1.Status_STATUS_IDENTIFIED, Message: "We know why.", Components: components,
			PublishedTime: at(20), NextUpdateTime: at(50), Entry: 7, Pages: []string{"main"},
		}},
		Alerts:     []*timelinev1.LinkedAlert{{Id: "a1", Fingerprint: "f", Source: "alertmanager", Title: "High errors", Url: "https://am.example"}},
		DeclaredBy: "p1", DeclaredByName: "Ada", DeclaredTime: at(12), AcknowledgedTime: at(13), AcknowledgedBy: "p1", UpdatedTime: at(20),
		External: &incidentv1.ExternalReference{System: "timeline", Id: "x"}, Revision: 7, Etag: "7",
	}
}

func entry() *timelinev1.Entry {
	return &timelinev1.Entry{
		Revision: 3, Type: "incident.note_added", OccurredTime: at(15), RecordedTime: at(16), Actor: "p1", ActorName: "Ada",
		Headline: "Note", Text: "better", OriginalText: "good", Edited: true, Pinned: true, Label: "hypothesis",
		EventId: "e3", IncidentId: "abc", IncidentNumber: 41, Author: "deployer",
	}
}

func TestIncident(t *testing.T) {
	golden(t, "incident.json", view.OfIncident(incident()))
	golden(t, "incident_empty.json", view.OfIncident(nil))
}

func TestTimeline(t *testing.T) {
	golden(t, "timeline.json", view.Timeline{
		Incident: view.OfIncident(nil), Entries: view.Entries([]*timelinev1.Entry{entry()}), Position: "pos",
	})
}

func TestWrite(t *testing.T) {
	drill := false
	w := view.OfWrite(&incidentv1.WriteResult{
		IncidentId: "abc", Number: 41, Revision: 8, Etag: "8", Position: "pos", Entries: []uint64{7, 8},
		Warnings: []string{"there is no scribe"}, RequestId: "r1",
	})
	w.System, w.Drill = "prod", &drill
	golden(t, "write.json", w)
}

func TestUnknownValuesAreReadable(t *testing.T) {
	in := incident()
	in.Status, in.Severity = 99, 9
	if v := view.OfIncident(in); v.Status != "unknown(99)" || v.Severity != "unknown(9)" {
		t.Errorf("status %q, severity %q", v.Status, v.Severity)
	}
}
