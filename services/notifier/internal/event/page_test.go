package event_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/page"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
)

func pageOf() event.Page {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := event.Page{ID: "page1", Alert: alert.State{Fired: alert.Fired{
		Source: "alertmanager", Title: "5xx", GeneratorURL: "http://prometheus.example", Labels: map[string]string{"a": "b", "huge": strings.Repeat("x", 20<<10)},
	}}}
	p.State.Requested = page.Requested{
		Alert: "alert1", Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Severity: incident.SEV1, At: at,
		Whom: page.Whom{Team: "payments", Service: "checkout", NotBefore: at, Revision: 3, Recipients: []page.Recipient{
			{Person: "p1", Ways: []page.Way{{Number: 1, Type: catalogv1.ContactType_CONTACT_TYPE_SMS, Problem: page.NoIntegration}}},
			{Person: "p2", Problem: page.NoWay},
		}},
	}
	return p
}

func TestEveryEventOfAPageHasTheFormOfItsSchema(t *testing.T) {
	all := schemas(t)
	at := time.Date(2026, 1, 2, 3, 4, 6, 0, time.UTC)
	o := page.Outcome{Person: "p1", Way: 1, Attempt: 2, At: at, Reason: "timeout", Problem: "there was no answer"}
	linked := pageOf()
	linked.Incident.Number, linked.Incident.ID = 41, "incident1"
	for typ, what := range map[string]any{
		page.TypeRequested: pageOf().State.Requested, page.TypeAttempted: page.Attempted{Outcome: o}, page.TypeDelivered: page.Delivered{Outcome: o},
		page.TypeFailed: page.Failed{Outcome: o}, page.TypeAcknowledged: page.Acknowledged{By: "p1", At: at}, page.TypeEnded: page.Ended{At: at},
	} {
		for _, p := range []event.Page{pageOf(), linked} {
			body, err := writer().PageBody(p, chain.Envelope{EventID: "e", Type: typ, Revision: 2, OccurredAtMicros: at.UnixMicro(), RecordedAtMicros: at.UnixMicro()}, what)
			if err != nil || valid(t, all[typ], body) != nil {
				t.Errorf("%s: %v, %v\n%s", typ, err, valid(t, all[typ], body), body)
			}
			if len(body) > 64<<10 || !bytes.Contains(body, []byte(`"a":"b"`)) {
				t.Errorf("%s has %d bytes: %s", typ, len(body), body)
			}
		}
	}
	if len(page.Types()) != 6 {
		t.Error("a type of event is not tested")
	}
}

func TestWhatFiltersSeeOfAPage(t *testing.T) {
	got := pageOf().Concerns()
	if got.Severity != incident.SEV1 || len(got.Services) != 1 || got.Services[0] != "checkout" || got.Private {
		t.Errorf("%+v", got)
	}
}
