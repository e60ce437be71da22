package notifier_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// vendor is a third party's status page, and whoever records what it says.
type vendor struct {
	signalv1.ChangeServiceClient

	s     *system
	asked atomic.Int64
	ahead atomic.Int64 // seconds that the notifier's clock is ahead
	away  atomic.Bool  // nothing can be recorded

	mu   sync.Mutex
	says string
}

// watched is a system that watches a page.
func watched(t *testing.T) (*system, *vendor) {
	t.Helper()
	s := newSystem(t)
	v := &vendor{s: s, says: "operational"}
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.asked.Add(1)
		_, _ = fmt.Fprintf(w, `{"page":{"name":"ACME"},"components":[{"id":"s","name":"Storage","status":%q}],"incidents":[]}`, v.says)
	}))
	t.Cleanup(page.Close)
	s.change = func(c *notifier.Config) {
		c.Changes = v
		c.Now = func() time.Time { return time.Now().Add(time.Duration(v.ahead.Load()) * time.Second) }
	}
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, fmt.Sprintf(`
{kind: integration, name: acme, spec: {type: statuspage, url: %q}}
---
{kind: service, name: storage, spec: {status_page: {integration: acme, components: [Storage]}}}
`, page.URL))...)
	return s, v
}

// tells lets the page say something, two minutes later.
func (v *vendor) tells(says string) {
	v.mu.Lock()
	v.says = says
	v.mu.Unlock()
	v.ahead.Add(120)
}

// RecordChange records as command does.
func (v *vendor) RecordChange(ctx context.Context, r *signalv1.RecordChangeRequest, _ ...grpc.CallOption) (*signalv1.RecordChangeResponse, error) {
	if v.away.Load() {
		return nil, status.Error(codes.Unavailable, "command is away")
	}
	subject := change.Subject(change.ID(r.GetSource(), r.GetKey()))
	messages, err := v.s.log.Load(ctx, subject, 0)
	if err != nil {
		return nil, err
	}
	var state change.State
	var last uint64
	for _, m := range messages {
		if state, err = change.Fold(state, m.Data); err != nil {
			return nil, err
		}
		last = m.Sequence
	}
	report, news := state.News(change.Report{
		Source: r.GetSource(), Key: r.GetKey(), Kind: change.Kind(r.GetKind()), Service: r.GetService(), Title: r.GetTitle(),
		StartedAt: change.Time(r.GetStartedAtUs()), EndedAt: change.Time(r.GetEndedAtUs()), Outcome: change.Outcome(r.GetOutcome()),
	})
	if !news {
		return &signalv1.RecordChangeResponse{Unchanged: true}, nil
	}
	d, err := report.Draft("event-" + rand.Text())
	if err != nil {
		return nil, err
	}
	data, _, err := chain.Seal(state.Head, subject, []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		return nil, err
	}
	_, err = v.s.log.Append(ctx, eventlog.Append{Subject: subject, Expect: last, Data: data})
	return &signalv1.RecordChangeResponse{}, err
}

// recorded says in short what the log has of the page, and in how many reports.
func (v *vendor) recorded() []string {
	v.s.t.Helper()
	subjects, err := v.s.log.Subjects(v.s.t.Context(), eventlog.FilterChanges)
	if err != nil {
		v.s.t.Fatal(err)
	}
	var out []string
	for _, subject := range subjects {
		messages, err := v.s.log.Load(v.s.t.Context(), subject, 0)
		if err != nil {
			v.s.t.Fatal(err)
		}
		var state change.State
		for _, m := range messages {
			if state, err = change.Fold(state, m.Data); err != nil {
				v.s.t.Fatal(err)
			}
		}
		words, _, _ := strings.Cut(strings.TrimPrefix(state.Known.Title, "ACME reports "), " of ")
		out = append(out, fmt.Sprintf("%s %s in %d", words, state.Known.Outcome, len(messages)))
	}
	slices.Sort(out)
	return out
}

func (v *vendor) eventually(want ...string) {
	v.s.t.Helper()
	v.s.poll(strings.Join(want, ", "), func() bool { return slices.Equal(v.recorded(), want) })
}

// waiting is how much of what the page said is still to be recorded.
func (v *vendor) waiting() int {
	v.s.t.Helper()
	return v.s.count("select coalesce(sum(jsonb_array_length(kept->'pending')), 0) from notifier_ledger.status_watch where jsonb_typeof(kept->'pending') = 'array'")
}

// TestWhatAPageSaidSurvivesARestart: what was read and not recorded is recorded by the next
// notifier, without asking again, and what was recorded is not recorded twice.
func TestWhatAPageSaidSurvivesARestart(t *testing.T) {
	s, v := watched(t)
	v.tells("partial_outage")
	s.start()
	v.eventually("partial outage started in 1")
	v.away.Store(true)
	v.tells("major_outage")
	s.poll("it is kept what is to be recorded", func() bool { return v.waiting() == 2 })
	s.stop()

	asked := v.asked.Load()
	v.away.Store(false)
	s.start()
	v.eventually("major outage started in 1", "partial outage succeeded in 2")
	if n := v.asked.Load() - asked; n != 0 {
		t.Errorf("the page was asked %d times before its time after a restart", n)
	}
	s.stop()

	v.tells("operational") // while nobody watches
	s.start()
	v.eventually("major outage succeeded in 2", "partial outage succeeded in 2")
	v.tells("operational")
	before := v.asked.Load()
	s.poll("it is asked again", func() bool { return v.asked.Load() > before })
	s.stop()
	v.eventually("major outage succeeded in 2", "partial outage succeeded in 2")
	if n := v.waiting(); n != 0 {
		t.Errorf("%d reports are still to be recorded", n)
	}
}

// TestANotifierThatDiesWhileItTellsOfAPage leaves what the next one completes, once.
func TestANotifierThatDiesWhileItTellsOfAPage(t *testing.T) {
	for point, reports := range map[string][]string{"watch.before_report": nil, "watch.after_report": {"major outage started in 1"}} {
		t.Run(point, func(t *testing.T) {
			s, v := watched(t)
			disarm, err := failpoint.Arm(point, failpoint.Fail)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(disarm)
			v.tells("major_outage")
			s.start()
			s.poll("it is kept what is to be recorded", func() bool { return v.waiting() == 1 })
			v.eventually(reports...)
			s.stop()
			disarm()
			s.start()
			s.poll("nothing waits any more", func() bool { return v.waiting() == 0 })
			v.eventually("major outage started in 1")
		})
	}
}
