package alert_test

import (
	"crypto/rand"
	"reflect"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
)

func began() time.Time { return time.Date(2026, 11, 23, 15, 40, 15, 123456000, time.UTC) }

func fired() alert.Fired {
	return alert.Fired{
		Source: "alertmanager", Fingerprint: "c883bf513196a12d", StartsAt: began(), Route: "checkout", Group: "g", Incident: "i",
		SignalID: "s", Title: "5xx", Labels: map[string]string{"a": "b"}, Annotations: map[string]string{"c": "d"}, GeneratorURL: "http://x",
	}
}

// seal writes one event behind a state.
func seal(t *testing.T, s alert.State, d chain.Draft, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := chain.Seal(s.Head, alert.Subject("x"), []chain.Draft{d}, chain.Request{}, began(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestLifeOfAnAlert(t *testing.T) {
	d, err := fired().Draft("e1")
	s, err := alert.Fold(alert.State{}, seal(t, alert.State{}, d, err))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(s.Fired, fired()) || !s.Began() || s.Ended() {
		t.Fatalf("after firing: %+v", s)
	}
	end := began().Add(time.Minute)
	d, err = alert.Resolved{EndsAt: end, SignalID: "s2"}.Draft("e2")
	s, err = alert.Fold(s, seal(t, s, d, err))
	if err != nil {
		t.Fatal(err)
	}
	if !s.EndedAt.Equal(end) || s.EndSignal != "s2" || s.Head.Revision != 2 || s.Frozen || !s.After().Equal(end.Add(time.Microsecond)) {
		t.Fatalf("after the end: %+v", s)
	}
}

func TestRedactedAlertKeepsItsFacts(t *testing.T) {
	d, err := fired().Draft("e1")
	data, err := chain.RedactCommit(seal(t, alert.State{}, d, err), 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := alert.Fold(alert.State{}, data)
	if err != nil {
		t.Fatal(err)
	}
	if s.Fired.Title != "" || s.Fired.Labels != nil || s.Fired.Incident != "i" {
		t.Fatalf("after the redaction: %+v", s.Fired)
	}
}

func TestEventsOfLaterVersionsFreezeUnlessIgnorable(t *testing.T) {
	for _, ignorable := range []bool{true, false} {
		d := chain.Draft{EventID: "e", Type: "alert.snoozed", Ignorable: ignorable}
		s, err := alert.Fold(alert.State{}, seal(t, alert.State{}, d, nil))
		if err != nil {
			t.Fatal(err)
		}
		if s.Frozen == ignorable {
			t.Errorf("ignorable %v: frozen %v", ignorable, s.Frozen)
		}
	}
}

func TestIDsDifferWithEveryPart(t *testing.T) {
	ids := map[string]bool{
		alert.ID("a", "bc", began()):                       true,
		alert.ID("ab", "c", began()):                       true,
		alert.ID("a", "bc", began().Add(time.Microsecond)): true,
		alert.Group("a", "b", "c"):                         true,
		alert.Group("a", "", "bc"):                         true,
	}
	if len(ids) != 5 {
		t.Fatalf("%d different ids, want 5", len(ids))
	}
	if alert.ID("a", "bc", began()) != alert.ID("a", "bc", began().In(time.FixedZone("x", 3600))) {
		t.Error("the zone of a time changes the id")
	}
}
