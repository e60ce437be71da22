package timeline_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// watched is a log that tells what is loaded from it, and that can be ill.
type watched struct {
	eventlog.Reader

	loads atomic.Int64                               // of changes and incidents
	load  atomic.Pointer[func(subject string) error] // nil: all is well
	stuck atomic.Bool                                // the end of the changes is not found
}

func (l *watched) Load(ctx context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	if strings.HasPrefix(subject, change.SubjectPrefix) || strings.HasPrefix(subject, fold.Subject("")) {
		l.loads.Add(1)
	}
	if load := l.load.Load(); load != nil {
		if err := (*load)(subject); err != nil {
			return nil, err
		}
	}
	return l.Reader.Load(ctx, subject, after)
}

func (l *watched) LastSequence(ctx context.Context, filter string) (uint64, error) {
	if l.stuck.Load() && filter == eventlog.FilterChanges {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return l.Reader.LastSequence(ctx, filter)
}

func (w *world) watched() (*watched, *node) {
	log := &watched{Reader: w.log}
	return log, w.start(func(c *timeline.Config) { c.Log = log })
}

// TestSuspectsOfThePastAreReadWithinBounds: what is asked about is found however much else
// was under way; of much that fits, the rest is said to be missing, in words too; and
// nothing of the database is held while the log is read.
func TestSuspectsOfThePastAreReadWithinBounds(t *testing.T) {
	w := newWorld(t)
	w.shop()
	log, n := w.watched()
	began := time.Now().Truncate(time.Second)
	w.Declare(incident.Declare{Title: "Checkout returns 502", Services: []string{"checkout"}, Severity: incident.SEV1}, logtest.Act{Happened: began})
	underWay := func(service string, count int, ago time.Duration) (since func()) {
		tell := func(outcome change.Outcome) {
			for i := range count {
				key := fmt.Sprint(service, " ", i)
				w.tells(change.Report{Key: key, Title: key, Kind: change.Deployment, Service: service, Outcome: outcome, StartedAt: began.Add(-ago)})
			}
		}
		tell(change.Started)
		return func() { tell(change.Succeeded) }
	}
	ask := func(at time.Time) *timelinev1.ListSuspectsResponse {
		t.Helper()
		log.loads.Store(0)
		return must[*timelinev1.ListSuspectsResponse](t)(n.suspects("eve", &timelinev1.ListSuspectsRequest{Incident: "1", At: knownAt(at)}))
	}
	elsewhere := underWay("mail", 520, time.Minute)
	early := underWay("web", 10, 40*24*time.Hour)
	moves := w.tells(change.Report{Key: "moves", Title: "was of payments", Service: "payments", Outcome: change.Started, StartedAt: began.Add(-time.Hour)})
	here := underWay("checkout", 1, time.Hour)
	at := w.lastRecorded()
	elsewhere()
	early()
	here()
	if again := w.tells(change.Report{Key: "moves", Title: "is of mail", Service: "mail", Outcome: change.Succeeded, StartedAt: began.Add(-50 * time.Hour)}); again != moves {
		t.Fatalf("%s is another change than %s", again, moves)
	}
	n.changes(&signalv1.ListChangesRequest{})
	held := func(subject string) error {
		if !strings.HasPrefix(subject, change.SubjectPrefix) {
			return nil
		}
		for end := time.Now().Add(5 * time.Second); w.count("select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'") > 0; {
			if time.Now().After(end) {
				t.Error("a snapshot is held while the log is read")
				return nil
			}
		}
		return nil
	}
	log.load.Store(&held)
	r := ask(at)
	same(t, "beside much else", suspected(r), "checkout 0", "was of payments")
	if read := log.loads.Load(); r.GetTruncated() || read > 4 {
		t.Errorf("truncated: %v; read %d subjects", r.GetTruncated(), read)
	}
	log.load.Store(nil)

	for i := range 20 {
		w.Declare(incident.Declare{Title: fmt.Sprint("other ", i), Services: []string{"payments"}, Severity: incident.SEV2}, logtest.Act{Happened: began})
	}
	here = underWay("checkout", 490, time.Hour)
	at = w.lastRecorded()
	here()
	r = ask(at)
	if read := log.loads.Load(); !r.GetTruncated() || read > 501 {
		t.Errorf("truncated: %v; read %d subjects", r.GetTruncated(), read)
	}
	document := must[*timelinev1.GetPostmortemResponse](t)(n.GetPostmortem(as(t, "eve"), &timelinev1.GetPostmortemRequest{Incident: "1", At: knownAt(at)})).GetMarkdown()
	if !strings.Contains(document, "some may be missing here") {
		t.Errorf("the post-mortem does not say that suspects are missing:\n%s", document)
	}
}

// TestPostmortemsDoNotNeedTheirSuspects: where these cannot be read the section says so, and
// the rest stands. Who may not see the incident is refused all the same.
func TestPostmortemsDoNotNeedTheirSuspects(t *testing.T) {
	w := newWorld(t)
	w.shop()
	log, n := w.watched()
	id := w.Declare(incident.Declare{Title: "Checkout returns 502", Services: []string{"checkout"}, Severity: incident.SEV1}, logtest.Act{})
	w.tells(change.Report{Key: "1", Title: "Deploy", Service: "checkout", Outcome: change.Started, StartedAt: time.Now().Add(-time.Hour)})
	at := w.lastRecorded()
	w.tells(change.Report{Key: "1", Outcome: change.Failed, EndedAt: time.Now()})
	write := func(r *timelinev1.GetPostmortemRequest) (string, error) {
		ctx, cancel := context.WithTimeout(as(t, "eve"), 4*time.Second)
		defer cancel()
		r.Incident = "1"
		r.Position = w.settle()
		document, err := n.GetPostmortem(ctx, r)
		return document.GetMarkdown(), err
	}
	const unread = "What had changed could not be read"
	expect := func(name, document string, err error, isUnread bool) {
		t.Helper()
		if err != nil || !strings.Contains(document, "Checkout returns 502") || strings.Contains(document, unread) != isUnread || strings.Contains(document, "Deploy") == isUnread {
			t.Errorf("%s: %v\n%s", name, err, document)
		}
	}
	document, err := write(&timelinev1.GetPostmortemRequest{})
	expect("well", document, err, false)
	log.stuck.Store(true)
	document, err = write(&timelinev1.GetPostmortemRequest{})
	expect("the view of changes is behind", document, err, true)
	log.stuck.Store(false)
	away := func(subject string) error {
		if strings.HasPrefix(subject, change.SubjectPrefix) {
			return fmt.Errorf("load: %w", eventlog.ErrUnavailable)
		}
		return nil
	}
	log.load.Store(&away)
	document, err = write(&timelinev1.GetPostmortemRequest{At: knownAt(at)})
	expect("the log is away", document, err, true)
	w.Do(id, incident.ChangeVisibility{Private: true, Reason: "r"}, logtest.Act{})
	_, err = write(&timelinev1.GetPostmortemRequest{At: knownAt(at)})
	refused(t, err, "not_found", "no_such_incident")
}

// TestSuspectsOfThePastArePrivateAsNow: what has become private since stays out of
// post-mortems, and is told to be private; what is public now may be read.
func TestSuspectsOfThePastArePrivateAsNow(t *testing.T) {
	w := newWorld(t)
	w.shop()
	n := w.start()
	w.Declare(incident.Declare{Title: "Checkout returns 502", Services: []string{"checkout"}, Severity: incident.SEV1}, logtest.Act{})
	hidden := w.Declare(incident.Declare{Title: "Breach of payments", Services: []string{"payments"}, Severity: incident.SEV2}, logtest.Act{})
	shown := w.Declare(incident.Declare{Title: "Payments are slow", Services: []string{"payments"}, Severity: incident.SEV2, Private: true}, logtest.Act{})
	then := w.lastRecorded()
	w.Do(hidden, incident.ChangeVisibility{Private: true, Reason: "security"}, logtest.Act{})
	w.Do(shown, incident.ChangeVisibility{Reason: "harmless"}, logtest.Act{})
	for name, at := range map[string]*timelinev1.TimeTravel{"now": nil, "known": knownAt(then), "happened": happenedAt(then)} {
		for who, sees := range map[string]bool{"root": true, "eve": false} {
			r := must[*timelinev1.ListSuspectsResponse](t)(n.suspects(who, &timelinev1.ListSuspectsRequest{Incident: "1", At: at}))
			for _, s := range r.GetSuspects() {
				if i := s.GetIncident(); i.GetPrivate() != (i.GetId() == string(hidden)) {
					t.Errorf("%s, %s: private: %v", name, who, i)
				}
			}
			if all := strings.Join(suspected(r), "|"); strings.Contains(all, "Breach") != sees || !strings.Contains(all, "slow") {
				t.Errorf("%s, %s: %s", name, who, all)
			}
			document := must[*timelinev1.GetPostmortemResponse](t)(n.GetPostmortem(as(t, who), &timelinev1.GetPostmortemRequest{Incident: "1", At: at})).GetMarkdown()
			if strings.Contains(document, "Breach") || strings.Contains(document, "INC-2") || !strings.Contains(document, "Payments are slow") {
				t.Errorf("%s, post-mortem of %s:\n%s", name, who, document)
			}
		}
	}
}
