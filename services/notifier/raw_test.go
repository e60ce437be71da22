package notifier_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	eventjetstream "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/record"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// kept is the id of a signal that is not kept, unless it is sent.
func kept(t *testing.T) string {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// sends keeps what came in at a door, as intake does, and returns its id.
func (s *system) sends(door, body string) string {
	s.t.Helper()
	signal := &signalv1.RawSignal{Id: kept(s.t), Source: door, Body: []byte(body)}
	s.keeps(signal)
	return signal.GetId()
}

// keeps puts a signal into the stream.
func (s *system) keeps(signal *signalv1.RawSignal) {
	s.t.Helper()
	data, err := proto.Marshal(signal)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.doors.Publish(s.t.Context(), "signal."+signal.GetSource(), data); err != nil {
		s.t.Fatal(err)
	}
}

// cameIn is an alert that came in at a door under a sender's key.
func (s *system) cameIn(door, key, signal string) alert.Fired {
	return alert.Fired{Source: door, Fingerprint: "sender/" + key, StartsAt: time.Now(), Title: key, Route: "both", SignalID: signal}
}

// starts writes that it began, and returns its id.
func (s *system) starts(f alert.Fired) string {
	s.t.Helper()
	id := alert.ID(f.Source, f.Fingerprint, f.StartsAt)
	s.write(alert.Subject(id), f)
	return id
}

// got are the bodies that a tool accepted.
func (r *tool) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.bodies)
}

const (
	rawTrigger = `{ "routing_key":"hidden", "event_action":"trigger","dedup_key":"disk","payload":{"summary":"Disk","source":"db","severity":"error"},"images":[{"src":"https://i.example/a.png"}],"unknown":1.50 }`
	rawResolve = `{"routing_key":"hidden","event_action":"resolve","dedup_key":"disk","payload":{"summary":"over"}}`
)

func ours(raw string) string { return strings.Replace(raw, "hidden", "THE-KEY", 1) }

// TestWhatWasSentIsPassedOn to the tool whose door it came through, byte for byte but for the
// key; what a person does is told under the sender's key, also after a restart.
func TestWhatWasSentIsPassedOn(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	s.start()
	id := s.starts(s.cameIn("pagerduty", "disk", s.sends("pagerduty", rawTrigger)))
	s.poll("triggered", func() bool { return len(pd.got()) == 1 && len(og.got()) == 1 })
	if got := pd.got()[0]; got != ours(rawTrigger) {
		t.Errorf("passed on\n%s\nwant\n%s", got, ours(rawTrigger))
	}
	if got := og.got()[0]; !strings.Contains(got, `"alias":"`+id+`"`) || !strings.Contains(got, `\"unknown\":1.50`) || strings.Contains(got, "THE-KEY") {
		t.Errorf("the other tool got %s", got)
	}
	s.stop()
	s.write(alert.Subject(id), alert.Acknowledged{By: "p1", At: time.Now()})
	s.start()
	s.poll("acknowledged", func() bool { return len(pd.got()) == 2 && len(og.got()) == 2 })
	if told, _ := pd.accepted(); told != "trigger disk, acknowledge disk" {
		t.Errorf("told %q", told)
	}
	s.write(alert.Subject(id), alert.Resolved{EndsAt: time.Now(), SignalID: s.sends("pagerduty", rawResolve)})
	s.poll("resolved", func() bool { return len(pd.got()) == 3 && len(og.got()) == 3 })
	if got := pd.got()[2]; got != ours(rawResolve) {
		t.Errorf("the end: %s", got)
	}
	s.poll("it is said", func() bool {
		return strings.Count(said.all(), "pd: the trigger was forwarded and accepted as it was sent.") == 1
	})
	if strings.Contains(said.all(), "THE-KEY") {
		t.Errorf("a key is said: %s", said.all())
	}
}

// TestOpsgeniesNotesArePassedOn in their place, and what people write here is not.
func TestOpsgeniesNotesArePassedOn(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	s.start()
	const create, note, ack, end = `{"message":"Disk", "alias":"a/b","responders":[{"type":"team","name":"db"}]}`, `{"note":"look", "user":"ada"}`, `{"user" :"ada"}`, ``
	id := s.starts(s.cameIn("opsgenie", "a/b", s.sends("opsgenie", "POST /v2/alerts\n\n"+create)))
	s.write(alert.Subject(id), alert.Noted{By: "p1", At: time.Now(), Text: "by hand"})
	s.write(alert.Subject(id), alert.Noted{By: "p1", At: time.Now(), Text: "look", SignalID: s.sends("opsgenie", "POST /v2/alerts/a%2Fb/notes?identifierType=alias\n\n"+note)})
	s.write(alert.Subject(id), alert.Acknowledged{By: "p1", At: time.Now(), SignalID: s.sends("opsgenie", "POST /v2/alerts/a%2Fb/acknowledge\n\n"+ack)})
	closing := s.sends("opsgenie", "POST /v2/alerts/a%2Fb/close\n\n"+end)
	s.write(alert.Subject(id), alert.Noted{By: "p1", At: time.Now(), Text: "with the end", SignalID: closing})
	s.poll("acknowledged", func() bool {
		told, _ := pd.accepted()
		return len(og.got()) == 3 && told == "trigger "+id+", acknowledge "+id
	})
	s.write(alert.Subject(id), alert.Resolved{EndsAt: time.Now(), SignalID: closing})
	s.poll("closed", func() bool { return len(og.got()) == 4 })
	if got := og.got(); !slices.Equal(got, []string{create, note, ack, end}) {
		t.Errorf("Opsgenie got %q", got)
	}
	if told, _ := og.accepted(); told != "create a/b, notes a/b, acknowledge a/b, close a/b" {
		t.Errorf("told %q", told)
	}
	s.poll("PagerDuty got its translation", func() bool {
		told, _ := pd.accepted()
		return told == "trigger "+id+", acknowledge "+id+", resolve "+id
	})
	s.poll("all is done", func() bool { return s.count("select count(*) from notifier_ledger.tee where state = 'done'") == 2 })
	if strings.Contains(said.all(), "the note") {
		t.Errorf("it is said of notes: %s", said.all())
	}
}

// TestWhatIsGoneIsTranslated under the sender's key, which the alert's fingerprint has, and
// so is what was redacted, though what was sent is there.
func TestWhatIsGoneIsTranslated(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	s.start()
	s.starts(s.cameIn("pagerduty", "gone", kept(t)))
	s.poll("told", func() bool { told, _ := pd.accepted(); return told == "trigger gone" })
	s.poll("it is said why", func() bool {
		return strings.Contains(said.all(), "the trigger was forwarded and accepted, in words of our own: what was sent is not kept any more.")
	})
	s.stop()
	id := s.starts(s.cameIn("pagerduty", "disk", s.sends("pagerduty", strings.Replace(rawTrigger, "Disk", "my password", 1))))
	s.redact(alert.Subject(id), 1)
	s.start()
	s.poll("the redacted one is told of", func() bool { told, _ := pd.accepted(); return strings.HasSuffix(told, "trigger disk") })
	s.poll("it is said why, too", func() bool {
		return strings.Contains(said.all(), "in words of our own: something of the alert was redacted.")
	})
	for _, body := range append(pd.got(), og.got()...) {
		if strings.Contains(body, "password") {
			t.Errorf("what was redacted is forwarded: %s", body)
		}
	}
}

// redact takes the content of a revision away.
func (s *system) redact(subject string, revision uint64) {
	s.t.Helper()
	d, err := record.Encode(incident.EntryRedacted{Entry: revision, ReasonCode: "secret"})
	if err != nil {
		s.t.Fatal(err)
	}
	d.EventID, d.Ignorable = uuid.NewString(), true
	_, err = eventlog.Redact(s.t.Context(), s.log, eventlog.Redaction{Subject: subject, Revision: revision, Entry: s.sealed(subject, d)})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestWhatIsBornSilentIsForwardedWhenItMayCall, to whom the route of that moment names, once.
func TestWhatIsBornSilentIsForwardedWhenItMayCall(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	s.tees(pd.URL, og.URL)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
{kind: Route, name: later, spec: {severity: SEV-1, action: list, tee: [pd]}}
---
{kind: Route, name: none, spec: {severity: SEV-1, action: list}}
`)...)
	s.start()
	silent := func(fingerprint, route string) string {
		f := alert.Fired{Source: "alertmanager", Fingerprint: fingerprint, StartsAt: time.Now(), Title: fingerprint, Route: route}
		id := alert.ID(f.Source, f.Fingerprint, f.StartsAt)
		s.write(alert.Subject(id), f, alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: time.Now(), Until: time.Now().Add(time.Hour)})
		return id
	}
	first, second, third := silent("first", "none"), silent("second", "both"), silent("third", "both")
	s.write(alert.Subject(third), alert.Resolved{EndsAt: time.Now()})
	marker := s.fires("marker", "both")
	s.poll("the marker is told of", func() bool { told, _ := pd.accepted(); return told == "trigger "+marker })
	if n := s.count("select count(*) from notifier_ledger.tee"); n != 2 {
		t.Errorf("%d rows, want those of the marker", n)
	}
	for range 2 { // it may be silenced again, and call again
		s.write(alert.Subject(first), alert.Unsuppressed{At: time.Now(), Route: "later"})
		s.write(alert.Subject(second), alert.Unsuppressed{At: time.Now(), Route: "none"})
		s.poll("told when it may call", func() bool { told, _ := pd.accepted(); return told == "trigger "+marker+", trigger "+first })
		s.write(alert.Subject(first), alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: time.Now(), Until: time.Now().Add(time.Hour)})
	}
	marker = s.fires("marker", "both")
	s.poll("the last marker", func() bool {
		a, _ := og.accepted()
		b, _ := pd.accepted()
		return strings.HasSuffix(a, marker) && strings.HasSuffix(b, marker)
	})
	if told, _ := pd.accepted(); strings.Count(told, first) != 1 {
		t.Errorf("once is enough: %q", told)
	}
	if told, _ := og.accepted(); strings.Contains(told, first) || strings.Contains(told, second) || strings.Contains(told, third) {
		t.Errorf("told of %q", told)
	}
}

// TestOneKeyIsToldOfInOrder: while the end of an episode is not accepted, the next one, which
// has the same key there, waits.
func TestOneKeyIsToldOfInOrder(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	s.tees(pd.URL, og.URL)
	s.start()
	first := s.starts(s.cameIn("pagerduty", "disk", s.sends("pagerduty", rawTrigger)))
	s.poll("the first is told of", func() bool { told, _ := pd.accepted(); return told == "trigger disk" })
	refuse := true
	pd.answers(func(int) int {
		if refuse {
			return 503
		}
		return 202
	})
	s.write(alert.Subject(first), alert.Resolved{EndsAt: time.Now(), SignalID: s.sends("pagerduty", rawResolve)})
	s.starts(s.cameIn("pagerduty", "disk", s.sends("pagerduty", rawTrigger)))
	s.poll("the end is refused", func() bool { _, n := pd.accepted(); return n >= 2 })
	other := s.fires("other", "both")
	s.poll("others do not wait", func() bool { told, _ := og.accepted(); return strings.Contains(told, other) })
	pd.mu.Lock()
	refuse = false
	pd.mu.Unlock()
	s.poll("in order", func() bool {
		told, _ := pd.accepted()
		return strings.HasSuffix(strings.ReplaceAll(told, ", trigger "+other, ""), "trigger disk, resolve disk, trigger disk")
	})
	if told, _ := pd.accepted(); strings.Index(told, "resolve disk") > strings.LastIndex(told, "trigger disk") {
		t.Errorf("told %q", told)
	}
}

// TestWhatCameWithARedactedAlertIsWithheld though the other alert has words of its own: a
// mapping may have read them elsewhere in the same request.
func TestWhatCameWithARedactedAlertIsWithheld(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	signal := s.sends("sentry", `{"title":"my password"}`)
	f := s.cameIn("sentry", "first", signal)
	f.Route = "another"
	first := s.starts(f)
	s.start()
	s.starts(s.cameIn("sentry", "second", signal))
	s.poll("told with the sender's words", func() bool { return len(pd.got()) == 1 && strings.Contains(pd.got()[0], "my password") })
	s.redact(alert.Subject(first), 1)
	s.starts(s.cameIn("sentry", "third", signal))
	s.poll("told without", func() bool { return len(pd.got()) == 2 && len(og.got()) == 2 })
	if got := pd.got()[1] + og.got()[1]; strings.Contains(got, "password") {
		t.Errorf("what was redacted is forwarded: %s", got)
	}
	s.poll("it is said why", func() bool {
		return strings.Contains(said.all(), "in words of our own: something of another alert that came with it was redacted.")
	})
}

// TestAMappingSaysWhoseABodyIs: where it reads several alerts from one, or was another when
// the body came, none of them is forwarded with it.
func TestAMappingSaysWhoseABodyIs(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `
{kind: Sender, name: one, spec: {source: json, mapping: {fingerprint: "body.id", state: "'firing'", title: "body.id"}}}
---
{kind: Sender, name: several, spec: {source: json, mapping: {items: "body.all", fingerprint: "item.id", state: "'firing'", title: "item.id"}}}
`)...)
	s.start()
	n := 0
	for _, c := range []struct {
		sender string
		ago    time.Duration
		whole  bool
	}{{"one", -time.Minute, true}, {"one", time.Hour, false}, {"several", -time.Minute, false}} {
		sender, _ := s.catalog.State().Get("sender", c.sender)
		signal := &signalv1.RawSignal{
			Id: kept(t), Source: "json", Principal: sender.ID, ReceivedAtUs: time.Now().Add(-c.ago).UnixMicro(), Body: []byte(`{"id":"its own words"}`),
		}
		s.keeps(signal)
		s.starts(s.cameIn("json", c.sender, signal.GetId()))
		n++
		s.poll("told", func() bool { return len(pd.got()) == n && len(og.got()) == n })
		if got := strings.Contains(pd.got()[n-1], "its own words") && strings.Contains(og.got()[n-1], "its own words"); got != c.whole {
			t.Errorf("%+v: %v, got %s", c, got, pd.got()[n-1])
		}
	}
	s.poll("it is said why", func() bool {
		return strings.Count(said.all(), "in words of our own: what was sent may tell of other alerts, too.") == 4
	})
}

// deaf is a NATS that does not answer who asks for the stream SIGNALS, as one whose rights
// are those of an earlier version.
type deaf struct {
	jetstream.JetStream

	mu    sync.Mutex
	asked int
}

func (d *deaf) Stream(ctx context.Context, name string) (jetstream.Stream, error) {
	if name != eventjetstream.StreamSignals {
		return d.JetStream.Stream(ctx, name)
	}
	d.mu.Lock()
	d.asked++
	d.mu.Unlock()
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestAlertsDoNotWaitForWhatWasSent when it cannot be read: each is told of in our words, and
// only what came first waits for that to be found out.
func TestAlertsDoNotWaitForWhatWasSent(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	nats, change := &deaf{JetStream: s.marks}, s.change
	s.change = func(c *notifier.Config) { change(c); c.Marks = nats }
	s.start()
	began := time.Now()
	s.starts(s.cameIn("pagerduty", "first", s.sends("pagerduty", rawTrigger)))
	s.poll("the first", func() bool { told, _ := pd.accepted(); return told == "trigger first" })
	const many = 40
	for n := range many {
		s.starts(s.cameIn("pagerduty", "disk-"+strconv.Itoa(n), s.sends("pagerduty", rawTrigger)))
	}
	s.poll("all the others", func() bool { return len(pd.got()) == many+1 && len(og.got()) == many+1 })
	nats.mu.Lock()
	defer nats.mu.Unlock()
	if took := time.Since(began); nats.asked > 2 {
		t.Errorf("it was asked for %d times in %v", nats.asked, took)
	}
	s.poll("it is said why", func() bool {
		return strings.Contains(said.all(), "pd: the trigger was forwarded and accepted, in words of our own: what was sent could not be read.")
	})
}

// TestWhatTheToolRefusesIsTranslated: the door takes more than the tool does.
func TestWhatTheToolRefusesIsTranslated(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	pd.answers(func(n int) int {
		if n == 1 {
			return 400
		}
		return 202
	})
	s.start()
	s.starts(s.cameIn("pagerduty", "disk", s.sends("pagerduty", rawTrigger)))
	s.poll("told", func() bool { told, tries := pd.accepted(); return told == "trigger disk" && tries == 2 })
	if got := pd.got()[0]; strings.Contains(got, "unknown") || !strings.Contains(got, `"client":"Bridgelog"`) {
		t.Errorf("told in words that were refused: %s", got)
	}
	s.poll("it is said why", func() bool {
		return strings.Contains(said.all(), "pd: the trigger was forwarded and accepted, in words of our own: the tool refused what was sent: it answered 400.")
	})
}

// TestNotesDoNotHurry what is tried again: each attempt counts, and waits its time.
func TestNotesDoNotHurry(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	s.tees(pd.URL, og.URL)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, `{kind: Route, name: marked, spec: {severity: SEV-1, action: list, tee: [pd]}}`)...)
	og.answers(func(int) int { return 503 })
	s.start()
	id := s.starts(s.cameIn("opsgenie", "disk", s.sends("opsgenie", "POST /v2/alerts\n\n{\"message\":\"Disk\",\"alias\":\"disk\"}")))
	const attempts = "select count(*) from notifier_ledger.tee t, generate_series(1, t.attempts) where t.alert_id = "
	s.poll("it failed once", func() bool { return s.count(attempts+"'"+id+"'") > 0 })
	for range 5 {
		s.write(alert.Subject(id), alert.Noted{By: "p1", At: time.Now(), Text: "look", SignalID: kept(t)})
		marker := s.fires("marker", "marked")
		s.poll("the note was seen", func() bool { told, _ := pd.accepted(); return strings.HasSuffix(told, "trigger "+marker) })
	}
	s.poll("each attempt counts", func() bool { _, tries := og.accepted(); return s.count(attempts+"'"+id+"'") == tries })
}

// TestTwoSendersWithOneKeyStayApart at the one integration that both are forwarded to: the
// end of one does not end the other.
func TestTwoSendersWithOneKeyStayApart(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	s.start()
	of := func(sender string) string {
		f := s.cameIn("pagerduty", "disk", s.sends("pagerduty", rawTrigger))
		f.Fingerprint = sender + "/disk"
		return s.starts(f)
	}
	want := "trigger disk"
	told := func(more string) {
		t.Helper()
		want += more
		s.poll(want, func() bool { told, _ := pd.accepted(); return told == want })
	}
	first := of("dc1")
	told("")
	second := of("dc2")
	told(", trigger " + second)
	s.write(alert.Subject(first), alert.Resolved{EndsAt: time.Now(), SignalID: s.sends("pagerduty", rawResolve)})
	told(", resolve disk")
	s.write(alert.Subject(second), alert.Resolved{EndsAt: time.Now(), SignalID: s.sends("pagerduty", rawResolve)})
	told(", resolve " + second)
	s.poll("all is done", func() bool { return s.count("select count(*) from notifier_ledger.tee where state = 'done'") == 4 })
	of("dc2") // the key is nobody's now
	told(", trigger disk")
	s.poll("it is said why", func() bool {
		return strings.Contains(said.all(), "pd: the trigger was forwarded and accepted, in words of our own: the tool knows another sender's alert by the same key.")
	})
}

// TestAnAlertThatCannotBeReadKeepsNobodyBack for ever that has the same key.
func TestAnAlertThatCannotBeReadKeepsNobodyBack(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	s.tees(pd.URL, og.URL)
	const unreadable = "0123456789abcdef0123456789abcdef"
	subject := alert.Subject(unreadable)
	if _, err := s.log.Append(t.Context(), s.sealed(subject, chain.Draft{EventID: uuid.NewString(), Type: alert.TypeFired, OccurredAt: time.Now(), Facts: []byte{0xff}})); err != nil {
		t.Fatal(err)
	}
	s.start()
	integration, _ := s.catalog.State().Get("integration", "pd")
	if _, err := s.pool.Exec(t.Context(), `insert into notifier_ledger.tee (alert_id, integration_id, series, created_at)
		values ($1, $2, 'pagerduty sender/disk', now() - interval '2 hours')`, unreadable, integration.ID); err != nil {
		t.Fatal(err)
	}
	s.starts(s.cameIn("pagerduty", "disk", s.sends("pagerduty", rawTrigger)))
	s.poll("the next one is told of", func() bool { told, _ := pd.accepted(); return told == "trigger disk" })
	if n := s.count("select count(*) from notifier_ledger.tee where state = 'dead'"); n != 1 {
		t.Errorf("%d are given up", n)
	}
}
