package timeline_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

func TestReadYourOwnWrite(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.problem("Checkout returns 502")
	at := w.Do(id, incident.AddNote{Text: "deploy 812?", Label: "hypothesis"}, logtest.Act{Actor: "bob"})
	got := must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "inc-1", Position: at.String()}))
	i := got.GetIncident()
	if i.GetId() != string(id) || i.GetName() != "INC-1" || i.GetRevision() != 2 || i.GetEtag() != "2" ||
		i.GetSeverity() != incidentv1.Severity_SEVERITY_SEV2 || i.GetDeclaredByName() != "former member" {
		t.Errorf("got %v", i)
	}
	if got.GetPosition() != at.String() {
		t.Errorf("position %q, want %q", got.GetPosition(), at)
	}
	list := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"), &timelinev1.ListEntriesRequest{Incident: string(id)}))
	if e := list.GetEntries(); len(e) != 2 || e[1].GetText() != "deploy 812?" || e[1].GetHeadline() != "Hypothesis" || e[1].GetActor() != "bob" {
		t.Errorf("entries %v", e)
	}
	_, err := n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "INC-99"})
	refused(t, err, "not_found", "no_such_incident")
	_, err = n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: "p1.other.5." + "00"})
	refused(t, err, "invalid_argument", "invalid_position")
}

func TestTravel(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	noon := time.Now().Add(-time.Hour).Truncate(time.Second)
	at := func(minutes int) logtest.Act { return logtest.Act{Now: noon.Add(time.Duration(minutes) * time.Minute)} }
	id := w.Declare(incident.Declare{Title: "Slow", Severity: incident.SEV3}, at(0))
	w.Do(id, incident.ChangeSeverity{To: incident.SEV1}, at(10))
	late := at(20)
	late.Happened = noon.Add(5 * time.Minute)
	w.Do(id, incident.AddNote{Text: "it began with the deploy"}, late)
	read := func(travel *timelinev1.TimeTravel) *timelinev1.ListEntriesResponse {
		t.Helper()
		return must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, "eve"),
			&timelinev1.ListEntriesRequest{Incident: "1", At: travel, Position: w.settle()}))
	}
	known := read(&timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(noon.Add(15 * time.Minute))}})
	if len(known.GetEntries()) != 2 || known.GetIncident().GetSeverity() != incidentv1.Severity_SEVERITY_SEV1 {
		t.Errorf("as known: %v", known)
	}
	happened := read(&timelinev1.TimeTravel{At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: stamp(noon.Add(7 * time.Minute))}})
	if len(happened.GetEntries()) != 2 || happened.GetIncident().GetSeverity() != incidentv1.Severity_SEVERITY_SEV3 {
		t.Errorf("as happened: %v", happened)
	}
	_, err := n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{
		Incident: "1", At: &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(noon.Add(-time.Minute))}},
	})
	refused(t, err, "not_found", "not_yet")
}
