package timeline_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// What is written about another incident names it as people do, wherever it is read; to
// those who may not see that one, without its name.
func TestOtherIncidentsAreNamed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	hidden := w.Declare(incident.Declare{Title: "hidden", Severity: incident.SEV3}, logtest.Act{})
	into := w.problem("goes on")
	id := w.Declare(incident.Declare{Title: "again"}, logtest.Act{})
	w.Do(id, incident.RelateIncident{Other: hidden, Relation: incident.RelatedTo, OtherExists: true}, logtest.Act{})
	w.Do(id, incident.Merge{Into: into, Reason: "findable reason", TargetExists: true}, logtest.Act{})
	w.Do(hidden, incident.ChangeVisibility{Private: true}, logtest.Act{})
	for who, want := range map[string]string{"ada": "Related to INC-1", "eve": "Related to another incident"} {
		entries := must[*timelinev1.ListEntriesResponse](t)(n.ListEntries(as(t, who), &timelinev1.ListEntriesRequest{Incident: "3", Position: w.settle()})).GetEntries()
		if got := entries[1].GetHeadline(); got != want {
			t.Errorf("%s reads %q, want %q", who, got, want)
		}
		if got := entries[2].GetHeadline(); got != "Merged into INC-2" {
			t.Errorf("%s reads %q", who, got)
		}
		document := must[*timelinev1.GetPostmortemResponse](t)(n.GetPostmortem(as(t, who), &timelinev1.GetPostmortemRequest{Incident: "3"})).GetMarkdown()
		if !strings.Contains(document, want) || !strings.Contains(document, "Merged into INC-2") {
			t.Errorf("the post-mortem for %s does not say %q:\n%s", who, want, document)
		}
	}
	found := must[*timelinev1.SearchEntriesResponse](t)(n.SearchEntries(as(t, "eve"), &timelinev1.SearchEntriesRequest{Query: "findable", Position: w.settle()})).GetEntries()
	if len(found) != 1 || found[0].GetHeadline() != "Merged into INC-2" {
		t.Errorf("found %v", found)
	}
	stream, err := n.Watch(as(t, "eve"), &timelinev1.WatchRequest{Incident: "3", FromStart: true})
	if err != nil {
		t.Fatal(err)
	}
	for told := false; !told; {
		r := must[*timelinev1.WatchResponse](t)(stream.Recv())
		if strings.ContainsAny(r.GetEntry().GetHeadline(), "\x1e\x1f") {
			t.Fatalf("the watch says %q", r.GetEntry().GetHeadline())
		}
		told = r.GetEntry().GetHeadline() == "Merged into INC-2"
	}
}
