package timeline_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// TestPrivateIncidentsDoNotExistForOthers asks every call as a member, as an admin
// and as somebody else.
func TestPrivateIncidentsDoNotExistForOthers(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	secret := w.Declare(incident.Declare{Title: "Breach of xylophone", Private: true, Severity: incident.SEV1}, logtest.Act{})
	w.Do(secret, incident.AssignRole{Role: incident.Scribe, Person: "bob"}, logtest.Act{})
	w.Do(secret, incident.ReleaseRole{Role: incident.Scribe}, logtest.Act{})
	w.Do(secret, incident.AddNote{Text: "xylophone stolen"}, logtest.Act{})
	at := w.settle()
	calls := map[string]func(who string) (bool, error){
		"get": func(who string) (bool, error) {
			r, err := n.GetIncident(as(t, who), &timelinev1.GetIncidentRequest{Incident: "1", Position: at})
			return r.GetIncident() != nil, err
		},
		"get by id": func(who string) (bool, error) {
			r, err := n.GetIncident(as(t, who), &timelinev1.GetIncidentRequest{Incident: string(secret), Position: at})
			return r.GetIncident() != nil, err
		},
		"list": func(who string) (bool, error) {
			r, err := n.ListIncidents(as(t, who), &timelinev1.ListIncidentsRequest{Position: at})
			return len(r.GetIncidents()) > 0, err
		},
		"list by word": func(who string) (bool, error) {
			r, err := n.ListIncidents(as(t, who), &timelinev1.ListIncidentsRequest{Search: "xylophone", Position: at})
			return len(r.GetIncidents()) > 0, err
		},
		"entries": func(who string) (bool, error) {
			r, err := n.ListEntries(as(t, who), &timelinev1.ListEntriesRequest{Incident: "1", Position: at})
			return len(r.GetEntries()) > 0, err
		},
		"search": func(who string) (bool, error) {
			r, err := n.SearchEntries(as(t, who), &timelinev1.SearchEntriesRequest{Query: "xylophone", Position: at})
			return len(r.GetEntries()) > 0, err
		},
		"search within": func(who string) (bool, error) {
			r, err := n.SearchEntries(as(t, who), &timelinev1.SearchEntriesRequest{Query: "xylophone", Incident: "1", Position: at})
			return len(r.GetEntries()) > 0, err
		},
		"postmortem": func(who string) (bool, error) {
			r, err := n.GetPostmortem(as(t, who), &timelinev1.GetPostmortemRequest{Incident: "1", Position: at})
			return r.GetMarkdown() != "", err
		},
		"postmortem by a template": func(who string) (bool, error) {
			r, err := n.GetPostmortem(as(t, who), &timelinev1.GetPostmortemRequest{Incident: "1", Position: at, Template: "postmortem"})
			return r.GetMarkdown() != "", err
		},
		"clocks": func(who string) (bool, error) {
			r, err := n.GetClocks(as(t, who), &timelinev1.GetClocksRequest{Incident: "1", Position: at})
			return len(r.GetClocks()) > 0, err
		},
		"text": func(who string) (bool, error) {
			r, err := n.RenderTemplate(as(t, who), teamText("1", nil, map[string]string{"what_we_do": "x"}, at))
			return r.GetText() != "", err
		},
		"text for customers": func(who string) (bool, error) {
			r, err := n.RenderTemplate(as(t, who), customerText("1", &timelinev1.CustomerUpdate{Status: 2, Title: "Trouble"}, nil, at))
			if strings.Contains(r.GetSubject()+r.GetText(), "xylophone") {
				t.Errorf("customers would read %q", r.GetText())
			}
			return r.GetText() != "", err
		},
		"list clocks": func(who string) (bool, error) {
			r, err := n.ListClocks(as(t, who), &timelinev1.ListClocksRequest{Position: at})
			return len(r.GetIncidents()) > 0, err
		},
		"export": func(who string) (bool, error) {
			stream, err := n.Export(as(t, who), &timelinev1.ExportRequest{Incident: "1"})
			if err != nil {
				return false, err
			}
			m, err := stream.Recv()
			return m.GetEvent() != nil, err
		},
	}
	// Not every call takes a position.
	must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{Position: at}))
	for name, call := range calls {
		for _, who := range []string{"ada", "bob", "root"} {
			if seen, err := call(who); err != nil || !seen {
				t.Errorf("%s: %s does not see it: %v", name, who, err)
			}
		}
		for _, who := range []string{"eve", "mia"} {
			if seen, err := call(who); seen {
				t.Errorf("%s: %s sees it", name, who)
			} else if err != nil {
				refused(t, err, "not_found", "no_such_incident")
			}
		}
	}
}

func TestCallersMustBeKnown(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	_, err := n.ListIncidents(t.Context(), &timelinev1.ListIncidentsRequest{})
	refused(t, err, "unauthenticated", "not_authenticated")
}
