package timeline_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// noon is when the alerts of the tests begin.
func noon() time.Time { return time.Date(2026, 1, 2, 12, 0, 0, 123456000, time.UTC) }

// fires writes that an alert began and returns its id.
func (w *world) fires(f alert.Fired) string {
	w.t.Helper()
	f.Source = "alertmanager"
	if f.StartsAt.IsZero() {
		f.StartsAt = noon()
	}
	if f.SignalID == "" {
		f.SignalID = "signal-1"
	}
	id := alert.ID(f.Source, f.Fingerprint, f.StartsAt)
	d, err := f.Draft("fired-" + id)
	w.alert(id, d, err)
	return id
}

// ends writes that an alert is over.
func (w *world) ends(id string, at time.Time) {
	w.t.Helper()
	d, err := alert.Resolved{EndsAt: at, SignalID: "signal-2"}.Draft("resolved-" + id)
	w.alert(id, d, err)
}

// alert appends one event to the life of an alert.
func (w *world) alert(id string, d chain.Draft, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	data, last := w.sealAlert(id, d)
	if _, err := w.log.Append(w.t.Context(), eventlog.Append{Subject: alert.Subject(id), Expect: last, Data: data}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sealAlert(id string, d chain.Draft) ([]byte, uint64) {
	w.t.Helper()
	var state alert.State
	var last uint64
	messages, _ := w.log.Load(w.t.Context(), alert.Subject(id), 0)
	for _, m := range messages {
		var err error
		if state, err = alert.Fold(state, m.Data); err != nil {
			w.t.Fatal(err)
		}
		last = m.Sequence
	}
	data, _, err := chain.Seal(state.Head, alert.Subject(id), []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return data, last
}

// alerts lists as somebody, with everything that is in the log.
func (n *node) alerts(who string, r *signalv1.ListAlertsRequest) []string {
	n.world.t.Helper()
	r.Position = n.world.settle()
	list := must[*signalv1.ListAlertsResponse](n.world.t)(signalv1.NewAlertViewServiceClient(n.conn).ListAlerts(as(n.world.t, who), r))
	var titles []string
	for _, a := range list.GetAlerts() {
		titles = append(titles, a.GetTitle())
	}
	return titles
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestAlertsAreListed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.problem("Checkout returns 502")
	disk := w.fires(alert.Fired{Fingerprint: "a", Title: "Disk", Labels: map[string]string{"host": "a", "env": "prod"}, StartsAt: noon().Add(-time.Hour)})
	w.fires(alert.Fired{Fingerprint: "b", Title: "5xx", Incident: string(id), Labels: map[string]string{"env": "prod"}})
	w.fires(alert.Fired{Fingerprint: "c", Title: "NUL\x00 title", Labels: map[string]string{"x\x00": "\x00y"}, StartsAt: noon().Add(time.Hour)})
	w.ends(disk, noon())
	all := func() *signalv1.ListAlertsRequest { return &signalv1.ListAlertsRequest{} }
	same(t, "all, the latest first", n.alerts("eve", all()), "NUL title", "5xx", "Disk")
	same(t, "open", n.alerts("eve", &signalv1.ListAlertsRequest{Open: true}), "NUL title", "5xx")
	same(t, "since", n.alerts("eve", &signalv1.ListAlertsRequest{Since: stamp(noon())}), "NUL title", "5xx")
	same(t, "until", n.alerts("eve", &signalv1.ListAlertsRequest{Until: stamp(noon())}), "Disk")
	same(t, "label", n.alerts("eve", &signalv1.ListAlertsRequest{Labels: map[string]string{"env": "prod", "host": "a"}}), "Disk")
	same(t, "no such label", n.alerts("eve", &signalv1.ListAlertsRequest{Labels: map[string]string{"env": "test"}}))
	same(t, "incident", n.alerts("eve", &signalv1.ListAlertsRequest{Incident: "INC-1"}), "5xx")
	same(t, "source", n.alerts("eve", &signalv1.ListAlertsRequest{Source: "other"}))

	client := signalv1.NewAlertViewServiceClient(n.conn)
	got := must[*signalv1.GetAlertResponse](t)(client.GetAlert(as(t, "eve"), &signalv1.GetAlertRequest{Alert: disk[:8]})).GetAlert()
	if got.GetId() != disk || got.GetFiring() || !got.GetEndedTime().AsTime().Equal(noon()) || got.GetSignalId() != "signal-1" ||
		got.GetEndSignalId() != "signal-2" || got.GetLabels()["host"] != "a" || got.GetRecordedTime() == nil {
		t.Errorf("got %v", got)
	}
	_, err := client.GetAlert(as(t, "eve"), &signalv1.GetAlertRequest{Alert: "ffffffff"})
	refused(t, err, "not_found", "no_such_alert")
	_, err = client.ListAlerts(as(t, "eve"), &signalv1.ListAlertsRequest{Incident: "INC-9"})
	refused(t, err, "not_found", "no_such_incident")
}

func TestAlertsArePaged(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	const all = 23
	for i := range all {
		w.fires(alert.Fired{Fingerprint: fmt.Sprint(i), Title: fmt.Sprint(i)}) // all at the same time
	}
	client, seen := signalv1.NewAlertViewServiceClient(n.conn), map[string]bool{}
	request := &signalv1.ListAlertsRequest{PageSize: 5, Position: w.settle()}
	for {
		list := must[*signalv1.ListAlertsResponse](t)(client.ListAlerts(as(t, "eve"), request))
		for _, a := range list.GetAlerts() {
			if seen[a.GetId()] {
				t.Fatalf("%s comes twice", a.GetTitle())
			}
			seen[a.GetId()] = true
		}
		if request.PageToken = list.GetNextPageToken(); request.PageToken == "" {
			break
		}
	}
	if len(seen) != all {
		t.Errorf("%d alerts, want %d", len(seen), all)
	}
	request.Open, request.PageToken = true, "AQ"
	_, err := client.ListAlerts(as(t, "eve"), request)
	refused(t, err, "invalid_argument", "invalid_page_token")
}

// TestAlertsOfPrivateIncidents asks as a member, as an admin and as others.
func TestAlertsOfPrivateIncidents(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	secret := w.Declare(incident.Declare{Title: "Breach", Private: true, Severity: incident.SEV1}, logtest.Act{})
	id := w.fires(alert.Fired{Fingerprint: "x", Title: "xylophone", Incident: string(secret)})
	client := signalv1.NewAlertViewServiceClient(n.conn)
	for who, sees := range map[string]bool{"ada": true, "root": true, "eve": false, "mia": false} {
		got := n.alerts(who, &signalv1.ListAlertsRequest{})
		if (len(got) == 1) != sees {
			t.Errorf("%s sees %q", who, got)
		}
		if _, err := client.GetAlert(as(t, who), &signalv1.GetAlertRequest{Alert: id}); (err == nil) != sees {
			t.Errorf("%s gets the alert: %v", who, err)
		} else if !sees {
			refused(t, err, "not_found", "no_such_alert")
		}
	}
	// An incident that is not there, or not yet, hides its alerts.
	w.fires(alert.Fired{Fingerprint: "y", Title: "early", Incident: "inc99999"})
	same(t, "before its incident", n.alerts("eve", &signalv1.ListAlertsRequest{}))
}

// acks writes that somebody takes care of an alert.
func (w *world) acks(id, by, note string) {
	w.t.Helper()
	d, err := alert.Acknowledged{By: by, At: noon().Add(time.Minute), SignalID: "signal-3", Note: note}.Draft("acked-" + by + id)
	w.alert(id, d, err)
}

// notes writes something down about an alert.
func (w *world) notes(id, by, text string) {
	w.t.Helper()
	d, err := alert.Noted{By: by, At: noon().Add(time.Minute), Text: text, SaidBy: "Ada"}.Draft("noted-" + text + id)
	w.alert(id, d, err)
}

func TestAlertsSayWhoTakesCare(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.fires(alert.Fired{Fingerprint: "a", Title: "Disk"})
	client := signalv1.NewAlertViewServiceClient(n.conn)
	get := func() *signalv1.Alert {
		t.Helper()
		return must[*signalv1.GetAlertResponse](t)(client.GetAlert(as(t, "eve"), &signalv1.GetAlertRequest{Alert: id, Position: w.settle()})).GetAlert()
	}
	if got := get(); got.GetState() != signalv1.AlertState_ALERT_STATE_FIRING || got.GetAcknowledgment() != nil || len(got.GetNotes()) != 0 {
		t.Errorf("nobody has it: %v", got)
	}
	w.notes(id, "ada", "first")
	w.acks(id, "ada", "canary mine")
	w.acks(id, "eve", "too late")
	w.notes(id, "eve", "canary second\x00")
	got := get()
	ack := got.GetAcknowledgment()
	if got.GetState() != signalv1.AlertState_ALERT_STATE_ACKNOWLEDGED || !got.GetFiring() || ack.GetBy() != "ada" || ack.GetText() != "canary mine" ||
		ack.GetSignalId() != "signal-3" || !ack.GetTime().AsTime().Equal(noon().Add(time.Minute)) || ack.GetRevision() != 3 {
		t.Errorf("ada has it: %v", got)
	}
	if notes := got.GetNotes(); len(notes) != 2 || notes[0].GetText() != "first" || notes[1].GetText() != "canary second" ||
		notes[1].GetBy() != "eve" || notes[1].GetSaidBy() != "Ada" || notes[1].GetRevision() != 5 {
		t.Errorf("notes: %v", notes)
	}
	w.ends(id, noon().Add(time.Hour))
	if got := get(); got.GetState() != signalv1.AlertState_ALERT_STATE_RESOLVED || got.GetAcknowledgment().GetBy() != "ada" {
		t.Errorf("over: %v", got)
	}
	w.redactAlert(id, 3)
	w.redactAlert(id, 5)
	await(t, "the redactions", func() bool { return !strings.Contains(w.alertRows(), "canary") })
	got = get()
	if ack, notes := got.GetAcknowledgment(), got.GetNotes(); !ack.GetRedacted() || ack.GetBy() != "ada" || len(notes) != 2 ||
		!notes[1].GetRedacted() || notes[1].GetSaidBy() != "" || notes[0].GetText() != "first" || got.GetTitle() != "Disk" {
		t.Errorf("redacted: %v", got)
	}
	for sql, corrected := range map[string]uint64{
		"select": 0,
		"update timeline_alert.alert set notes = notes - '2'": 1,
		"update timeline_alert.alert set acked_by = 'eve'":    1,
	} {
		if _, err := w.pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
		again := must[*signalv1.RebuildAlertsResponse](t)(client.RebuildAlerts(as(t, "root"), &signalv1.RebuildAlertsRequest{}))
		if again.GetCorrected() != corrected {
			t.Errorf("rebuild after %q: %v, want %d corrected", sql, again, corrected)
		}
	}
}

// redactAlert takes away what one event of an alert says, as package eventlog does it.
func (w *world) redactAlert(id string, revision uint64) {
	w.t.Helper()
	d, err := record.Encode(incident.EntryRedacted{Entry: revision, ReasonCode: "secret"})
	if err != nil {
		w.t.Fatal(err)
	}
	d.EventID, d.Ignorable = fmt.Sprint("redaction-", revision, id), true
	data, last := w.sealAlert(id, d)
	_, err = eventlog.Redact(w.t.Context(), w.log, eventlog.Redaction{
		Subject: alert.Subject(id), Revision: revision, Entry: eventlog.Append{Subject: alert.Subject(id), Expect: last, Data: data},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestRedactedAlertsSayNothing(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	secret := alert.Fired{
		Fingerprint: "r", Title: "canary", Labels: map[string]string{"canary": "canary"},
		Annotations: map[string]string{"a": "canary"}, GeneratorURL: "http://canary",
	}
	id := w.fires(secret)
	same(t, "before", n.alerts("eve", &signalv1.ListAlertsRequest{}), "canary")
	w.redactAlert(id, 1)
	w.fires(alert.Fired{Fingerprint: "after", Title: "after"})
	await(t, "the redaction", func() bool {
		return !strings.Contains(w.alertRows(), "canary") && strings.Contains(w.alertRows(), "after")
	})
	client := signalv1.NewAlertViewServiceClient(n.conn)
	got := must[*signalv1.GetAlertResponse](t)(client.GetAlert(as(t, "eve"), &signalv1.GetAlertRequest{Alert: id})).GetAlert()
	if !got.GetRedacted() || !got.GetFiring() || got.GetFingerprint() != "r" || got.GetLabels() != nil && len(got.GetLabels()) > 0 {
		t.Errorf("after: %v", got)
	}
	// A rebuild reads the replacement and finds the same rows.
	again := must[*signalv1.RebuildAlertsResponse](t)(client.RebuildAlerts(as(t, "root"), &signalv1.RebuildAlertsRequest{}))
	if again.GetAlerts() != 2 || again.GetCorrected() != 0 {
		t.Errorf("rebuild: %v", again)
	}
}

// alertRows is all that the database holds of alerts, as text.
func (w *world) alertRows() string {
	w.t.Helper()
	var all string
	err := w.pool.QueryRow(w.t.Context(), "select coalesce(string_agg(a::text, E'\\n'), '') from timeline_alert.alert a").Scan(&all)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// await polls until a condition holds.
func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

// TestAlertsAreRebuilt damages rows in every way and expects them corrected, and
// no others.
func TestAlertsAreRebuilt(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	for i := range 1500 {
		id := w.fires(alert.Fired{Fingerprint: fmt.Sprint(i), Title: fmt.Sprint(i), StartsAt: noon().Add(time.Duration(i) * time.Second)})
		if i%3 == 0 {
			w.ends(id, noon())
		}
	}
	n.alerts("eve", &signalv1.ListAlertsRequest{})
	before := w.alertRowsSorted()
	for _, sql := range []string{
		"delete from timeline_alert.alert where title = '7'",
		"update timeline_alert.alert set title = 'wrong' where title = '8'",
		"update timeline_alert.alert set ended_us = null where title = '9'",
		"insert into timeline_alert.alert select 'invented', source, fingerprint, route, group_key, '', '', 1, 1, 'invented', '{}', '{}', '', false from timeline_alert.alert limit 1",
	} {
		if tag, err := w.pool.Exec(t.Context(), sql); err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("%s: %v %v", sql, tag, err)
		}
	}
	client := signalv1.NewAlertViewServiceClient(n.conn)
	got := must[*signalv1.RebuildAlertsResponse](t)(client.RebuildAlerts(as(t, "root"), &signalv1.RebuildAlertsRequest{}))
	want := &signalv1.RebuildAlertsResponse{Alerts: 1500, Corrected: 4}
	if !proto.Equal(got, want) {
		t.Errorf("rebuild: %v, want %v", got, want)
	}
	if w.alertRowsSorted() != before {
		t.Error("the rows are not those of the live view")
	}
	_, err := client.RebuildAlerts(as(t, "eve"), &signalv1.RebuildAlertsRequest{})
	if err == nil {
		t.Error("a viewer may rebuild")
	}
	// What follows is written as before.
	w.fires(alert.Fired{Fingerprint: "later", Title: "later", StartsAt: noon().Add(24 * time.Hour)})
	same(t, "afterwards", n.alerts("eve", &signalv1.ListAlertsRequest{PageSize: 1}), "later")
}

func (w *world) alertRowsSorted() string {
	w.t.Helper()
	var all string
	err := w.pool.QueryRow(w.t.Context(), "select md5(string_agg(a::text, E'\\n' order by a.id)) from timeline_alert.alert a").Scan(&all)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// TestAnotherFoldOrLogIsRebuilt changes what the database says it holds.
func TestAnotherFoldOrLogIsRebuilt(t *testing.T) {
	for name, sql := range map[string]string{
		"another fold":     "update timeline_alert.progress set fold = 99",
		"another log":      "update timeline_alert.progress set epoch = 'other'",
		"a damaged record": "update timeline_alert.progress set hash = '\\x00'",
		"beyond the end":   "update timeline_alert.progress set sequence = 1000000",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			n := w.start()
			w.fires(alert.Fired{Fingerprint: "a", Title: "a"})
			same(t, "before", n.alerts("eve", &signalv1.ListAlertsRequest{}), "a")
			n.stop()
			for _, sql := range []string{sql, "delete from timeline_alert.alert"} {
				if _, err := w.pool.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			n = w.start()
			same(t, "after", n.alerts("eve", &signalv1.ListAlertsRequest{}), "a")
		})
	}
}

// TestAlertsOfTwoServices lets two processes write the same rows.
func TestAlertsOfTwoServices(t *testing.T) {
	w := newWorld(t)
	first, second := w.start(), w.start()
	for i := range 300 {
		w.ends(w.fires(alert.Fired{Fingerprint: fmt.Sprint(i), Title: fmt.Sprint(i)}), noon())
	}
	for _, n := range []*node{first, second} {
		if got := n.alerts("eve", &signalv1.ListAlertsRequest{PageSize: 200}); len(got) != 200 {
			t.Errorf("%d alerts", len(got))
		}
		if got := n.alerts("eve", &signalv1.ListAlertsRequest{Open: true}); len(got) != 0 {
			t.Errorf("%d still fire", len(got))
		}
	}
}
