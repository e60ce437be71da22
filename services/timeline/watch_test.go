package timeline_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// watching is a stream that a test reads.
type watching struct {
	t      *testing.T
	stream timelinev1.TimelineService_WatchClient
	// last is the position of the last message.
	last string
	stop context.CancelFunc
}

// watch begins a watch and reads its first heartbeat, so that whatever is written
// afterwards has to arrive.
func (n *node) watch(t *testing.T, who string, r *timelinev1.WatchRequest) *watching {
	t.Helper()
	ctx, cancel := context.WithCancel(as(t, who))
	t.Cleanup(cancel)
	stream, err := n.Watch(ctx, r)
	if err != nil {
		t.Fatal(err)
	}
	w := &watching{t: t, stream: stream, stop: cancel}
	if first := w.receive(); first.GetEntry() != nil {
		t.Fatalf("the watch does not begin with a heartbeat: %v", first)
	}
	return w
}

func (w *watching) receive() *timelinev1.WatchResponse {
	w.t.Helper()
	m, err := w.stream.Recv()
	if err != nil {
		w.t.Fatalf("watch: %v", err)
	}
	w.last = m.GetPosition()
	return m
}

// next returns the next event, past heartbeats.
func (w *watching) next() *timelinev1.WatchResponse {
	w.t.Helper()
	for {
		if m := w.receive(); m.GetEntry() != nil {
			return m
		}
	}
}

// events reads so many events as "INC-1/2 headline".
func (w *watching) events(n int) []string {
	w.t.Helper()
	var got []string
	for range n {
		m := w.next()
		got = append(got, fmt.Sprintf("%s/%d %s", m.GetIncident().GetName(), m.GetEntry().GetRevision(), m.GetEntry().GetHeadline()))
	}
	return got
}

func TestWatchShowsWhatIsWritten(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	all := n.watch(t, "eve", &timelinev1.WatchRequest{})
	id := w.problem("Slow")
	w.Do(id, incident.ChangeSeverity{To: incident.SEV1}, logtest.Act{})
	if got, want := all.events(2), []string{"INC-1/1 Declared SEV-2", "INC-1/2 Severity SEV-2 → SEV-1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for range 2 { // heartbeats go on and say where the watch stands
		if m := all.receive(); m.GetEntry() != nil || m.GetPosition() != w.settle() {
			t.Errorf("heartbeat %v", m)
		}
	}
}

func TestWatchResumesWithoutLoss(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	a, b := w.problem("a"), w.problem("b")
	first := n.watch(t, "eve", &timelinev1.WatchRequest{})
	w.Do(a, incident.AddNote{Text: "1"}, logtest.Act{})
	first.events(1)
	first.stop()
	w.Do(b, incident.AddNote{Text: "2"}, logtest.Act{})
	n.stop()
	w.Do(a, incident.Acknowledge{}, logtest.Act{})
	// Another process has none of this in memory.
	again := w.start()
	one := again.watch(t, "eve", &timelinev1.WatchRequest{Incident: "INC-1", Position: first.last})
	all := again.watch(t, "eve", &timelinev1.WatchRequest{Position: first.last})
	w.Do(a, incident.AddNote{Text: "3"}, logtest.Act{})
	if got, want := all.events(3), []string{"INC-2/2 Note", "INC-1/3 Acknowledged", "INC-1/4 Note"}; !slices.Equal(got, want) {
		t.Errorf("all: %q, want %q", got, want)
	}
	if got, want := one.events(2), []string{"INC-1/3 Acknowledged", "INC-1/4 Note"}; !slices.Equal(got, want) {
		t.Errorf("one: %q, want %q", got, want)
	}
	start := again.watch(t, "eve", &timelinev1.WatchRequest{Incident: "1", FromStart: true})
	if got := start.events(4); got[0] != "INC-1/1 Declared SEV-2" || got[3] != "INC-1/4 Note" {
		t.Errorf("from the start: %q", got)
	}
}

// TestWatchBreaksInsideACommit: a commit of several events is delivered again as
// a whole when the watch broke off inside it.
func TestWatchBreaksInsideACommit(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.problem("Slow")
	first := n.watch(t, "eve", &timelinev1.WatchRequest{})
	w.Do(id, incident.AddNote{Text: "1"}, logtest.Act{})
	w.Do(id, incident.EditEntry{Entry: 2, Text: "2"}, logtest.Act{})
	w.Do(id, incident.RedactEntry{Entry: 2, ReasonCode: "secret"}, logtest.Act{}) // two events: the entry and its correction
	if got := first.events(3); got[2] != "INC-1/4 Entry 2 redacted (secret)" {
		t.Fatalf("got %q", got)
	}
	again := n.watch(t, "eve", &timelinev1.WatchRequest{Position: first.last})
	if got, want := again.events(2), []string{"INC-1/4 Entry 2 redacted (secret)", "INC-1/5 Entry 3 redacted (secret)"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWatchKeepsSecrets(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	eve, ada := n.watch(t, "eve", &timelinev1.WatchRequest{}), n.watch(t, "ada", &timelinev1.WatchRequest{})
	secret := w.Declare(incident.Declare{Title: "Breach", Private: true}, logtest.Act{})
	open := w.problem("Slow")
	if got := eve.events(1); got[0] != "INC-2/1 Declared SEV-2" {
		t.Errorf("eve saw %q", got)
	}
	if got := ada.events(2); got[0] != "INC-1/1 Declared, severity not yet known" {
		t.Errorf("ada saw %q", got)
	}
	w.Do(secret, incident.AssignRole{Role: incident.Scribe, Person: "eve"}, logtest.Act{})
	w.Do(open, incident.AddNote{Text: "x"}, logtest.Act{})
	if got := eve.events(2); got[0] != "INC-1/2 Scribe: former member" {
		t.Errorf("eve, a member now, saw %q", got)
	}
	// Who became a member may also read what was before.
	past := n.watch(t, "eve", &timelinev1.WatchRequest{Incident: "INC-1", FromStart: true, Position: w.settle()})
	past.events(2)
	stream, err := n.Watch(as(t, "mallory"), &timelinev1.WatchRequest{Incident: "INC-1"})
	if err == nil {
		_, err = stream.Recv()
	}
	refused(t, err, "not_found", "no_such_incident")
}

func TestRedactedTextIsNotWatched(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	begin := w.settle()
	first := n.watch(t, "eve", &timelinev1.WatchRequest{Position: begin})
	id := w.problem("Slow")
	w.Do(id, incident.AddNote{Text: "canary"}, logtest.Act{})
	w.Redact(id, 2, logtest.Act{})
	first.events(3)
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	for name, r := range map[string]*timelinev1.WatchRequest{
		"all": {Position: begin}, "one": {Position: begin, Incident: "1"}, "from start": {Incident: "1", FromStart: true},
	} {
		again := n.watch(t, "eve", r)
		again.next()
		if note := again.next(); note.GetEntry().GetText() != "" || !note.GetEntry().GetRedacted() {
			t.Errorf("%s: %v", name, note.GetEntry())
		}
	}
}

func TestWatchRefusals(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.problem("Slow")
	for _, c := range []struct {
		request      *timelinev1.WatchRequest
		code, reason string
	}{
		{&timelinev1.WatchRequest{FromStart: true}, "invalid_argument", "needs_incident"},
		{&timelinev1.WatchRequest{Position: "nonsense"}, "invalid_argument", "invalid_position"},
		{&timelinev1.WatchRequest{Position: "p1.other.1." + fmt.Sprintf("%064d", 0)}, "invalid_argument", "position_of_another_log"},
		{&timelinev1.WatchRequest{Position: "p1.memory.1." + fmt.Sprintf("%064d", 0)}, "invalid_argument", "position_of_another_log"},
	} {
		stream, err := n.Watch(as(t, "eve"), c.request)
		if err == nil {
			_, err = stream.Recv()
		}
		refused(t, err, c.code, c.reason)
	}
}

func TestStoppingEndsWatches(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	all := n.watch(t, "eve", &timelinev1.WatchRequest{})
	go n.stop()
	for {
		if _, err := all.stream.Recv(); err != nil {
			return
		}
	}
}
