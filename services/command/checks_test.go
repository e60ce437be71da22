package command_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// measured is what a check of an incident showed.
func measured(name string) *incidentv1.RecordCheckRequest {
	value, until := 7.0, time.Now().UnixMicro()
	return &incidentv1.RecordCheckRequest{
		Incident: name, Facts: &incidentv1.CheckRecordedFacts{
			Key:  &incidentv1.CheckKey{Run: "declaration", Service: "checkout", Metric: "m"},
			Kind: incidentv1.MetricKind_METRIC_KIND_TRAFFIC, Verdict: incidentv1.CheckVerdict_CHECK_VERDICT_NORMAL,
			Value: &value, FromUs: until - time.Hour.Microseconds(), UntilUs: until,
		},
		Evidence: &incidentv1.CheckEvidence{Title: "errors\x00", Reason: "as usual"},
	}
}

// However many services measure, a check is written once, in private incidents too, and
// nobody seems to have touched the incident.
func TestACheckIsWrittenOnceHoweverManyMeasure(t *testing.T) {
	w := newWorld(t)
	one, other := w.start(), w.start()
	r, err := one.as("ada").DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "Breach", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	id := r.GetResult().GetIncidentId()
	var all sync.WaitGroup
	for _, service := range []clients{one.as("console"), other.as("console"), one.as("console")} {
		all.Go(func() {
			for range 5 {
				if _, err := service.RecordCheck(t.Context(), measured(id)); err != nil {
					t.Errorf("%v", err)
				}
			}
		})
	}
	all.Wait()
	entries, err := incidentlog.Load(t.Context(), w.log, incident.ID(id), 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 || incidentlog.State(entries).Touched {
		t.Fatalf("%d events", len(entries))
	}
	if c, ok := entries[1].Event.(incident.CheckRecorded); !ok || c.Title != "errors" || c.Value.Value != 7 {
		t.Errorf("recorded %+v", entries[1].Event)
	}
}

func TestOnlyServicesRecordChecks(t *testing.T) {
	n := newWorld(t).start()
	n.as("ada").declare(t, "Checkout returns 502")
	for _, who := range []string{"ada", "root"} {
		_, err := n.as(who).RecordCheck(t.Context(), measured("INC-1"))
		if f := rpc.FailureOf(err); f.Code != "permission_denied" || f.Reason != "not_a_service" || !strings.Contains(f.Message, "bridgelog checks run") {
			t.Errorf("%s: %v", who, err)
		}
	}
	bad := measured("INC-1")
	bad.Evidence.Reason = ""
	_, err := n.as("console").RecordCheck(t.Context(), bad)
	if f := rpc.FailureOf(err); f.Code != "invalid_argument" || f.Field != "reason" {
		t.Errorf("without a reason: %v", err)
	}
}
