package timeline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// event is one that can be written.
type event interface {
	Draft(eventID string) (chain.Draft, error)
}

// happens writes what befalls an alert.
func (w *world) happens(id string, e event) {
	w.t.Helper()
	d, err := e.Draft(fmt.Sprintf("%T-%d", e, time.Now().UnixNano()))
	w.alert(id, d, err)
}

func silencedBy(name string) alert.Suppressed {
	return alert.Suppressed{Kind: "silence", Name: name, ID: "id-" + name, Until: noon().Add(time.Hour), At: noon().Add(time.Minute)}
}

func TestAlertsSayWhatKeepsThemFromCalling(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	problem := w.problem("Checkout returns 502")
	disk := w.fires(alert.Fired{Fingerprint: "a", Title: "Disk"})
	w.fires(alert.Fired{Fingerprint: "b", Title: "5xx", StartsAt: noon().Add(-time.Minute)})
	over := w.fires(alert.Fired{Fingerprint: "c", Title: "Over", StartsAt: noon().Add(-time.Hour)})
	client := signalv1.NewAlertViewServiceClient(n.conn)
	get := func(id string) *signalv1.Alert {
		t.Helper()
		return must[*signalv1.GetAlertResponse](t)(client.GetAlert(as(t, "eve"), &signalv1.GetAlertRequest{Alert: id, Position: w.settle()})).GetAlert()
	}
	states := func(states ...signalv1.AlertState) *signalv1.ListAlertsRequest {
		return &signalv1.ListAlertsRequest{States: states}
	}
	const (
		firing, acknowledged = signalv1.AlertState_ALERT_STATE_FIRING, signalv1.AlertState_ALERT_STATE_ACKNOWLEDGED
		suppressed, resolved = signalv1.AlertState_ALERT_STATE_SUPPRESSED, signalv1.AlertState_ALERT_STATE_RESOLVED
	)
	w.happens(disk, silencedBy("first"))
	w.happens(disk, silencedBy("second"))
	w.happens(over, silencedBy("first"))
	w.ends(over, noon())
	w.acks(disk, "ada", "mine")
	got := get(disk)
	if s := got.GetSuppressions(); got.GetState() != suppressed || !got.GetFiring() || got.GetAcknowledgment().GetBy() != "ada" || len(s) != 2 ||
		s[0].GetName() != "first" || s[0].GetEndedTime() == nil || s[1].GetName() != "second" || s[1].GetKind() != "silence" || s[1].GetId() != "id-second" ||
		s[1].GetEndedTime() != nil || !s[1].GetUntilTime().AsTime().Equal(noon().Add(time.Hour)) || !s[1].GetSinceTime().AsTime().Equal(noon().Add(time.Minute)) {
		t.Errorf("suppressed: %v", got)
	}
	if got := get(over); got.GetState() != resolved || len(got.GetSuppressions()) != 1 {
		t.Errorf("over: %v", got)
	}
	same(t, "suppressed", n.alerts("eve", states(suppressed)), "Disk")
	same(t, "firing or over", n.alerts("eve", states(firing, resolved)), "5xx", "Over")
	same(t, "acknowledged", n.alerts("eve", states(acknowledged)))
	same(t, "open", n.alerts("eve", &signalv1.ListAlertsRequest{Open: true}), "Disk", "5xx")

	w.happens(disk, alert.Unsuppressed{At: noon().Add(time.Hour), Incident: string(problem)})
	got = get(disk)
	if s := got.GetSuppressions(); got.GetState() != acknowledged || got.GetIncidentNumber() != 1 || !s[1].GetEndedTime().AsTime().Equal(noon().Add(time.Hour)) {
		t.Errorf("it calls again: %v", got)
	}
	same(t, "acknowledged again", n.alerts("eve", states(acknowledged)), "Disk")
	w.rebuilt(client, map[string]uint64{
		"select": 0,
		"update timeline_alert.alert set suppressions = suppressions - '2'":                      2,
		"update timeline_alert.alert set suppressed = not suppressed where title = 'Disk'":       1,
		"update timeline_alert.alert set suppressed_revision = 0, suppressed = false where true": 2,
	})
}

// rebuilt damages the view and computes it anew.
func (w *world) rebuilt(client signalv1.AlertViewServiceClient, damage map[string]uint64) {
	w.t.Helper()
	for sql, corrected := range damage {
		if _, err := w.pool.Exec(context.Background(), sql); err != nil {
			w.t.Fatal(err)
		}
		again := must[*signalv1.RebuildAlertsResponse](w.t)(client.RebuildAlerts(as(w.t, "root"), &signalv1.RebuildAlertsRequest{}))
		if again.GetCorrected() != corrected {
			w.t.Errorf("%s: %d rows corrected, want %d", sql, again.GetCorrected(), corrected)
		}
	}
}

func TestAlertsSayHowTheyFlap(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.fires(alert.Fired{Fingerprint: "a", Title: "Disk", Flapping: alert.Flapping{Episodes: 4, Since: noon().Add(-time.Minute), Window: 30 * time.Minute}})
	steady := w.fires(alert.Fired{Fingerprint: "b", Title: "5xx"})
	client := signalv1.NewAlertViewServiceClient(n.conn)
	get := func(id string) *signalv1.AlertFlapping {
		t.Helper()
		return must[*signalv1.GetAlertResponse](t)(client.GetAlert(as(t, "eve"), &signalv1.GetAlertRequest{Alert: id, Position: w.settle()})).GetAlert().GetFlapping()
	}
	if f := get(id); f.GetEpisodes() != 4 || !f.GetSinceTime().AsTime().Equal(noon().Add(-time.Minute)) || f.GetWindow().AsDuration() != 30*time.Minute || f.GetCalmedTime() != nil {
		t.Errorf("it flaps: %v", f)
	}
	if f := get(steady); f != nil {
		t.Errorf("a steady one: %v", f)
	}
	w.ends(id, noon().Add(time.Minute))
	w.happens(id, alert.Calmed{At: noon().Add(time.Hour)})
	if f := get(id); !f.GetCalmedTime().AsTime().Equal(noon().Add(time.Hour)) {
		t.Errorf("it calmed: %v", f)
	}
	w.rebuilt(client, map[string]uint64{"select": 0, "update timeline_alert.alert set calmed_us = 1 where calmed_us is not null": 1})
}

func TestASilenceIsPreviewed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.fires(alert.Fired{Fingerprint: "a", Title: "Disk", Labels: map[string]string{"host": "db-1", "service": "db"}})
	w.fires(alert.Fired{Fingerprint: "b", Title: "5xx", Labels: map[string]string{"service": "Checkout"}, StartsAt: noon().Add(time.Minute)})
	over := w.fires(alert.Fired{Fingerprint: "c", Title: "Over", Labels: map[string]string{"host": "db-2", "service": "db"}})
	w.ends(over, noon().Add(time.Minute))
	client := signalv1.NewAlertViewServiceClient(n.conn)
	for name, c := range map[string]struct {
		request *signalv1.PreviewSilenceRequest
		want    string
	}{
		"by a label":      {&signalv1.PreviewSilenceRequest{Match: []string{"host=~db-.*"}}, "[Disk]"},
		"by two services": {&signalv1.PreviewSilenceRequest{Services: []string{"db", "Checkout"}}, "[5xx Disk]"},
		"by both":         {&signalv1.PreviewSilenceRequest{Services: []string{"db"}, Match: []string{"host!=db-1"}}, "[]"},
		"by a door":       {&signalv1.PreviewSilenceRequest{Source: "grafana", Match: []string{"host=~.*"}}, "[]"},
		"by the key":      {&signalv1.PreviewSilenceRequest{Alert: over}, "[]"},
		"by another key":  {&signalv1.PreviewSilenceRequest{Alert: alert.ID("alertmanager", "a", noon())}, "[Disk]"},
	} {
		t.Run(name, func(t *testing.T) {
			c.request.Position = w.settle()
			got := must[*signalv1.PreviewSilenceResponse](t)(client.PreviewSilence(as(t, "eve"), c.request))
			titles := []string{}
			for _, a := range got.GetAlerts() {
				titles = append(titles, a.GetTitle())
			}
			if fmt.Sprint(titles) != c.want || int(got.GetMatching()) != len(titles) {
				t.Errorf("got %v", got)
			}
		})
	}
	// The routes of now say which service an alert is of, whatever route took it.
	incidentlogtest.Apply(t, w.log, incidentlogtest.Follow(t, w.log), incidentlogtest.YAML(t, `
{kind: Service, name: search}
---
{kind: Route, name: first, spec: {source: grafana, service: web}}
---
{kind: Route, name: late, spec: {service: web, priority: 9}}
---
{kind: Route, name: then, spec: {match: {host: db-1}, service: search}}
---
{kind: Service, name: web}
`)...)
	for service, want := range map[string]int32{"search": 1, "web": 1, "db": 0, "Checkout": 0} {
		got := must[*signalv1.PreviewSilenceResponse](t)(client.PreviewSilence(as(t, "eve"), &signalv1.PreviewSilenceRequest{Services: []string{service}, Position: w.settle()}))
		if got.GetMatching() != want {
			t.Errorf("by the routes of now, of %s: %v", service, got)
		}
	}
	if _, err := client.PreviewSilence(as(t, "eve"), &signalv1.PreviewSilenceRequest{Match: []string{"host"}}); err == nil {
		t.Error("what is no condition is previewed")
	}
}
