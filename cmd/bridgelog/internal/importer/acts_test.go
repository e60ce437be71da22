package importer_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// steps names the acts of a history, each by the field that holds it.
func steps(t *testing.T, h *importer.History) []string {
	t.Helper()
	built, err := h.Build()
	if err != nil {
		t.Fatal(err)
	}
	batch := importer.Batch{Histories: []*incidentv1.ImportedIncident{built}}
	if got := batch.Events(); got != uint64(len(built.GetSteps()))+1 {
		t.Errorf("%d acts, want the declaration and %d more", got, len(built.GetSteps()))
	}
	var names []string
	for _, s := range built.GetSteps() {
		m := s.ProtoReflect()
		names = append(names, string(m.WhichOneof(m.Descriptor().Oneofs().ByName("act")).Name()))
	}
	return names
}

// TestHistoriesMoveAsIncidentsMay holds that whatever a source claims becomes acts
// that an incident allows, in an order that it allows.
func TestHistoriesMoveAsIncidentsMay(t *testing.T) {
	t.Parallel()
	const (
		investigating = incidentv1.Status_STATUS_INVESTIGATING
		identified    = incidentv1.Status_STATUS_IDENTIFIED
		monitoring    = incidentv1.Status_STATUS_MONITORING
		resolved      = incidentv1.Status_STATUS_RESOLVED
	)
	for _, c := range []struct {
		name string
		says []incidentv1.Status
		want string
	}{
		{"forwards", []incidentv1.Status{identified, monitoring, resolved}, "change_status change_status resolve_incident"},
		{"backwards", []incidentv1.Status{monitoring, identified}, "change_status change_status"},
		{"the same twice", []incidentv1.Status{resolved, resolved}, "resolve_incident"},
		{"up again", []incidentv1.Status{resolved, investigating}, "resolve_incident reopen_incident"},
		{"up again further on", []incidentv1.Status{resolved, monitoring}, "resolve_incident reopen_incident change_status"},
		{"nothing", []incidentv1.Status{0}, ""},
	} {
		h := importer.NewHistory(declaration())
		for n, status := range c.says {
			h.Status(start.Add(time.Duration(n+1)*time.Minute), status, "")
		}
		if got := steps(t, h); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %v, want %s", c.name, got, c.want)
		}
	}
}

func TestMitigationsAreKept(t *testing.T) {
	t.Parallel()
	h := importer.NewHistory(declaration())
	h.Mitigate(start.Add(time.Minute), "Cache doubled")
	h.Mitigate(start.Add(2*time.Minute), "And again")
	h.Status(start.Add(3*time.Minute), incidentv1.Status_STATUS_RESOLVED, "Over")
	h.Mitigate(start.Add(4*time.Minute), "After the end")
	h.Mitigate(start.Add(5*time.Minute), " ")
	if got, want := steps(t, h), []string{"mitigate_incident", "add_note", "resolve_incident", "add_note"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestImpactIsSaidWhenItChanges(t *testing.T) {
	t.Parallel()
	suffers := func(status incidentv1.ComponentStatus) importer.Public {
		return importer.Public{ID: status.String(), Components: []*incidentv1.ComponentImpact{{Component: "c", Status: status}}}
	}
	h := importer.NewHistory(declaration())
	h.Publish(start.Add(time.Minute), suffers(incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE))
	h.Publish(start.Add(2*time.Minute), suffers(incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE))
	h.Publish(start.Add(3*time.Minute), suffers(incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL))
	quiet := suffers(incidentv1.ComponentStatus_COMPONENT_STATUS_PARTIAL_OUTAGE)
	quiet.Quiet = true
	h.Publish(start.Add(4*time.Minute), quiet)
	want := []string{"set_impact", "publish_update", "publish_update", "set_impact", "publish_update", "publish_update"}
	if got := steps(t, h); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
