package checks_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/record"
	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/checks"
	"github.com/bridgelog/bridgelog/services/notifier/internal/prometheus"
)

// world is a log, a source that counts what it is asked, and whoever writes.
type world struct {
	t       *testing.T
	log     *memory.Log
	catalog *catalog.Follower
	source  *prometheus.Source
	ahead   atomic.Int64 // seconds that the clock is ahead

	mu    sync.Mutex
	asked map[string]int // how often, by query
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, log: memory.New(memory.Options{}), asked: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(server.Close)
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(prometheus.Timeout)
	t.Cleanup(client.CloseIdleConnections)
	w.source = &prometheus.Source{Client: client}
	w.catalog = incidentlogtest.Follow(t, w.log)
	incidentlogtest.Apply(t, w.log, w.catalog, incidentlogtest.YAML(t, fmt.Sprintf(`
kind: integration
name: prom
spec: {type: prometheus, url: %q}
---
kind: integration
name: gone
spec: {type: prometheus, url: "http://127.0.0.1:1"}
---
kind: integration
name: chat
spec: {type: slack}
---
kind: service
name: checkout
spec:
  metrics:
  - {title: errors, query: errors, integration: prom, kind: traffic}
  - {title: memory, query: memory, integration: prom, kind: resource}
  - {title: a link, query: linked, integration: prom}
  - {title: elsewhere, query: chatty, integration: chat, kind: traffic}
---
kind: service
name: lost
spec:
  metrics:
  - {title: one, query: one, integration: gone, kind: traffic}
  - {title: two, query: two, integration: gone, kind: traffic}
  - {title: three, query: errors, integration: prom, kind: traffic}
`, server.URL))...)
	return w
}

// answer is a flat line that is the same every day.
func (w *world) answer(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	w.asked[r.FormValue("query")]++
	w.mu.Unlock()
	from, _ := strconv.ParseFloat(r.FormValue("start"), 64)
	var values []string
	for i := range 91 {
		values = append(values, fmt.Sprintf(`[%d,"7"]`, int64(from)+int64(i)*60))
	}
	_, _ = fmt.Fprintf(rw, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[%s]}]}}`, strings.Join(values, ","))
}

func (w *world) askedFor(query string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked[query]
}

func (w *world) now() time.Time { return time.Now().Add(time.Duration(w.ahead.Load()) * time.Second) }

// commands records as command does. Every third answer is lost after the work was done.
type commands struct {
	incidentv1.CommandServiceClient

	w     *world
	calls *atomic.Int64
	lossy bool
	// refuses are the titles of metrics that are never taken.
	refuses []string
}

func (c commands) RecordCheck(ctx context.Context, r *incidentv1.RecordCheckRequest, _ ...grpc.CallOption) (*incidentv1.RecordCheckResponse, error) {
	n := c.calls.Add(1)
	key, result := record.CheckOf(r.GetFacts(), r.GetEvidence())
	if slices.Contains(c.refuses, result.Title) {
		return nil, status.Error(codes.InvalidArgument, "this one is not taken")
	}
	written, err := incidentlogtest.Desk{Log: c.w.log, Now: c.w.now}.Do(ctx, incident.ID(r.GetIncident()), incident.RecordCheck{CheckKey: key, CheckResult: result})
	switch {
	case incident.KindOf(err) != 0:
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	case err != nil:
		return nil, status.Error(codes.Aborted, err.Error())
	case c.lossy && n%3 == 0:
		return nil, status.Error(codes.Unavailable, "the answer was lost")
	}
	return &incidentv1.RecordCheckResponse{Result: &incidentv1.WriteResult{Entries: written}}, nil
}

func (w *world) desk(lossy bool) *checks.Desk {
	return &checks.Desk{
		Catalog: w.catalog, Source: w.source, Commands: commands{w: w, calls: &atomic.Int64{}, lossy: lossy}, Now: w.now,
		Logger: slog.New(slog.DiscardHandler), RetryAfter: time.Millisecond,
	}
}

// keep runs a keeper until the test ends or stop is called; stop returns what ended it.
func (w *world) keep(lossy bool) (stop func() error) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var ended error
	var running sync.WaitGroup
	running.Go(func() { ended = (&checks.Keeper{Desk: w.desk(lossy), Log: w.log}).Run(ctx) })
	stop = func() error { cancel(); running.Wait(); return ended }
	w.t.Cleanup(func() { _ = stop() })
	return stop
}

func (w *world) declare(id incident.ID, d incident.Declare) {
	w.t.Helper()
	d.Number, d.Severity = 1, incident.SEV2
	if d.Title == "" {
		d.Title = string(id)
	}
	incidentlogtest.Desk{Log: w.log, Now: w.now}.Must(w.t, id, d)
}

// recorded are the titles of what was recorded of an incident.
func (w *world) recorded(id incident.ID) (titles []string) {
	w.t.Helper()
	entries, err := incidentlog.Load(context.Background(), w.log, id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range entries {
		if c, ok := e.Event.(incident.CheckRecorded); ok {
			titles = append(titles, c.Title+" "+c.Verdict.String())
		}
	}
	slices.Sort(titles)
	return titles
}

func (w *world) eventually(id incident.ID, want ...string) {
	w.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !slices.Equal(w.recorded(id), want) {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s: recorded %q, want %q", id, w.recorded(id), want)
		}
		_ = wait.For(w.t.Context(), time.Millisecond)
	}
}

// Several keepers, whose answers get lost, record each check of a declaration once.
func TestWhatIsDeclaredIsMeasuredOnce(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.keep(true)
	}
	for n := range 5 {
		id := incident.ID("inc" + strconv.Itoa(n))
		w.declare(id, incident.Declare{Services: []string{"checkout", "nobody-knows"}, Private: n == 1})
		w.eventually(id, "errors normal", "memory normal")
	}
	if w.askedFor("linked")+w.askedFor("chatty") > 0 {
		t.Error("what has no kind, or is of another integration, was asked for")
	}
}

// What is of long ago, practice, planned or imported is left alone, also when it is the
// first thing that a keeper sees; what is of moments ago is made up for.
func TestWhatIsNotMeasured(t *testing.T) {
	w := newWorld(t)
	w.ahead.Store(-660)
	for n := range 20 {
		w.declare(incident.ID("old"+strconv.Itoa(n)), incident.Declare{Services: []string{"checkout"}})
	}
	w.ahead.Store(0)
	w.declare("drill", incident.Declare{Services: []string{"checkout"}, Drill: true})
	w.declare("planned", incident.Declare{
		Services: []string{"checkout"}, Kind: incident.Maintenance, ScheduledStart: time.Now(), ScheduledEnd: time.Now().Add(time.Hour),
	})
	w.declare("imported", incident.Declare{Services: []string{"checkout"}, Origin: incident.OriginImport})
	w.declare("serviceless", incident.Declare{})
	w.declare("missed", incident.Declare{Services: []string{"checkout"}})
	w.keep(false)
	w.eventually("missed", "errors normal", "memory normal")
	w.declare("last", incident.Declare{Services: []string{"checkout"}})
	w.eventually("last", "errors normal", "memory normal")
	if n := w.askedFor("errors"); n != 6 {
		t.Errorf("asked %d times, want three for each of two incidents", n)
	}
	for _, id := range []incident.ID{"old0", "old19", "drill", "planned", "imported", "serviceless"} {
		w.eventually(id)
	}
}

// A source that does not answer is asked once, and does not keep others from being asked.
func TestASourceThatIsAwayIsAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.keep(false)
	w.declare("inc", incident.Declare{Services: []string{"lost"}})
	w.eventually("inc", "one unknown", "three normal")
}

// A keeper that dies at any instant of recording leaves what another one completes.
func TestADeathLosesNothingAndRepeatsNothing(t *testing.T) {
	for _, point := range []string{"check.before_record", "check.after_record"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			disarm, err := failpoint.Arm(point, failpoint.Fail)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(disarm)
			stop := w.keep(false)
			w.declare("inc", incident.Declare{Services: []string{"checkout"}})
			deadline := time.Now().Add(30 * time.Second)
			for w.askedFor("memory") < 3 && time.Now().Before(deadline) {
				_ = wait.For(t.Context(), time.Millisecond)
			}
			if err := stop(); err == nil {
				t.Fatal("it lives on")
			}
			disarm()
			w.keep(false)
			w.eventually("inc", "errors normal", "memory normal")
		})
	}
}

// What somebody asks for is recorded as theirs, and once for each run.
func TestOnDemand(t *testing.T) {
	w := newWorld(t)
	w.declare("inc", incident.Declare{})
	desk := w.desk(false)
	run := checks.Run{Incident: "inc", Name: "r-1", Services: []string{"checkout"}, AskedBy: "p-eve"}
	for n, entries := range []int{2, 0} {
		ran, err := desk.Do(t.Context(), run)
		if err != nil || len(ran.Checks) != 2 {
			t.Fatalf("%+v, %v", ran, err)
		}
		written := 0
		for _, c := range ran.Checks {
			if c.Entry > 0 {
				written++
			}
			if c.Result.AskedBy != "p-eve" || c.Key.Run != "r-1" {
				t.Errorf("recorded %+v", c)
			}
		}
		if written != entries {
			t.Errorf("call %d wrote %d entries, want %d", n, written, entries)
		}
	}
	_, err := desk.Do(t.Context(), checks.Run{Incident: "nothing", Name: "r", Services: []string{"checkout"}})
	if err == nil {
		t.Error("an incident that is not there was measured")
	}
}

// A check that is refused is told as such, and keeps no other from being recorded.
func TestARefusedCheckHidesNoOther(t *testing.T) {
	w := newWorld(t)
	w.declare("inc", incident.Declare{})
	desk := w.desk(false)
	desk.Commands = commands{w: w, calls: &atomic.Int64{}, refuses: []string{"errors"}}
	ran, err := desk.Do(t.Context(), checks.Run{Incident: "inc", Name: "r-1", Services: []string{"checkout"}})
	if err != nil || len(ran.Checks) != 2 || ran.Checks[0].Problem != "this one is not taken" || ran.Checks[0].Entry != 0 ||
		ran.Checks[1].Problem != "" || ran.Checks[1].Entry == 0 {
		t.Errorf("%+v, %v", ran, err)
	}
	w.eventually("inc", "memory normal")
	desk.Commands = commands{w: w, calls: &atomic.Int64{}, refuses: []string{"errors", "memory"}}
	if _, err := desk.Do(t.Context(), checks.Run{Incident: "inc", Name: "r-2", Services: []string{"checkout"}}); err == nil {
		t.Error("nothing was recorded, and that is no error")
	}
}

// A secret that is missing is told to everybody by its name, and to the operator by where
// it was looked for.
func TestWhereASecretIsIsToldToTheOperator(t *testing.T) {
	w := newWorld(t)
	incidentlogtest.Apply(t, w.log, w.catalog, incidentlogtest.YAML(t, `
kind: integration
name: locked
spec: {type: prometheus, url: "http://127.0.0.1:1", secrets: {bearer: "env:NO_SUCH_VARIABLE_HERE"}}
---
kind: service
name: hidden
spec:
  metrics:
  - {title: one, query: one, integration: locked, kind: traffic}
  - {title: two, query: two, integration: locked, kind: traffic}
`)...)
	w.declare("inc", incident.Declare{})
	desk := w.desk(false)
	var said bytes.Buffer
	desk.Logger = slog.New(slog.NewTextHandler(&said, nil))
	ran, err := desk.Do(t.Context(), checks.Run{Incident: "inc", Name: "r-1", Services: []string{"hidden"}})
	if err != nil || len(ran.Checks) != 2 {
		t.Fatalf("%+v, %v", ran, err)
	}
	for _, c := range ran.Checks {
		if !strings.Contains(c.Result.Reason, "locked cannot be asked: its secret bearer is missing") || strings.Contains(c.Result.Reason, "NO_SUCH") {
			t.Errorf("everybody reads %q", c.Result.Reason)
		}
	}
	if strings.Count(said.String(), "NO_SUCH_VARIABLE_HERE is not set") != 1 {
		t.Errorf("the operator reads:\n%s", said.String())
	}
}

func TestThePlanIsBounded(t *testing.T) {
	w := newWorld(t)
	var services []string
	for range 30 {
		services = append(services, "checkout")
	}
	planned, leftOut := checks.Plan(w.catalog.State(), services)
	if len(planned) != checks.MaxChecks || leftOut != 60-checks.MaxChecks {
		t.Errorf("planned %d, left out %d", len(planned), leftOut)
	}
}
