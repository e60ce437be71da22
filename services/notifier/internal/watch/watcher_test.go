package watch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
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

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/pkg/wait"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/statuspage"
	"github.com/bridgelog/bridgelog/services/notifier/internal/watch"
)

// world is a page, whoever watches it, and what was recorded.
type world struct {
	t       *testing.T
	catalog *catalog.Follower
	asked   atomic.Int64
	same    atomic.Int64 // answered that nothing changed

	mu      sync.Mutex
	status  string // of the component Storage; empty: the page is away
	kept    map[string][]byte
	changes map[string]change.State
	calls   int
	lossy   bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, status: "operational", kept: map[string][]byte{}, changes: map[string]change.State{}}
	server := httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(server.Close)
	log := memory.New(memory.Options{})
	w.catalog = incidentlogtest.Follow(t, log)
	incidentlogtest.Apply(t, log, w.catalog, incidentlogtest.YAML(t, fmt.Sprintf(`
{kind: integration, name: acme, spec: {type: statuspage, url: %q}}
---
{kind: service, name: db-vendor, spec: {status_page: {integration: acme, components: [Storage]}}}
---
{kind: service, name: ours, spec: {}}
`, server.URL))...)
	return w
}

func (w *world) says(status string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

func (w *world) answer(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked.Add(1)
	switch tag := `"` + w.status + `"`; {
	case w.status == "":
		rw.WriteHeader(http.StatusServiceUnavailable)
	case r.Header.Get("If-None-Match") == tag:
		w.same.Add(1)
		rw.WriteHeader(http.StatusNotModified)
	default:
		rw.Header().Set("ETag", tag)
		_, _ = fmt.Fprintf(rw, `{"page":{"name":"ACME"},"components":[{"id":"s","name":"Storage","status":%q,"updated_at":"2026-03-01T14:01:00.000Z"}],"incidents":[]}`, w.status)
	}
}

// Recall, Keep and Forget are a memory that outlives watchers.
func (w *world) Recall(context.Context) (map[string]watch.Remembered, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]watch.Remembered{}
	for name, data := range w.kept {
		var r watch.Remembered
		if err := json.Unmarshal(data, &r); err != nil {
			return nil, err
		}
		out[name] = r
	}
	return out, nil
}

func (w *world) Keep(_ context.Context, name string, r watch.Remembered) (err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept[name], err = json.Marshal(r)
	return err
}

func (w *world) Forget(_ context.Context, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.kept, name)
	return nil
}

// recorder records as command does.
type recorder struct {
	signalv1.ChangeServiceClient

	w *world
}

func (c recorder) RecordChange(_ context.Context, r *signalv1.RecordChangeRequest, _ ...grpc.CallOption) (*signalv1.RecordChangeResponse, error) {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	c.w.calls++
	report := change.Report{
		Source: r.GetSource(), Key: r.GetKey(), Kind: change.Kind(r.GetKind()), Service: r.GetService(), Title: r.GetTitle(),
		StartedAt: change.Time(r.GetStartedAtUs()), EndedAt: change.Time(r.GetEndedAtUs()), Outcome: change.Outcome(r.GetOutcome()),
	}
	state := c.w.changes[report.Key]
	if report, news := state.News(report); news {
		c.w.changes[report.Key] = state.Take(report, false, 1)
	}
	if c.w.lossy && c.w.calls%2 == 0 {
		return nil, status.Error(codes.Unavailable, "the answer was lost")
	}
	return &signalv1.RecordChangeResponse{}, nil
}

func (w *world) watch() (stop func() error) {
	w.t.Helper()
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(statuspage.Timeout)
	watcher := watch.Watcher{
		Catalog: w.catalog, Client: client, Memory: w, Changes: recorder{w: w}, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Every: time.Millisecond, Beat: time.Millisecond,
	}
	ctx, cancel := context.WithCancel(context.Background())
	var ended error
	var running sync.WaitGroup
	running.Go(func() { ended = watcher.Run(ctx) })
	stop = func() error { cancel(); running.Wait(); client.CloseIdleConnections(); return ended }
	w.t.Cleanup(func() { _ = stop() })
	return stop
}

// recorded says in short what the changes are.
func (w *world) recorded() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []string
	for _, key := range slices.Sorted(maps.Keys(w.changes)) {
		c := w.changes[key].Known
		text := c.Service + ": " + c.Title + ", " + c.Outcome.String()
		if !c.EndedAt.IsZero() {
			text += ", over"
		}
		out = append(out, text)
	}
	return out
}

func (w *world) until(what string, reached func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !reached(); _ = wait.For(w.t.Context(), time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("never: %s; recorded %q", what, w.recorded())
		}
	}
}

func (w *world) eventually(want ...string) {
	w.t.Helper()
	w.until(strings.Join(want, "; "), func() bool { return slices.Equal(w.recorded(), want) })
}

// An outage is recorded when it begins and when it is over, whatever answers get lost, and
// a page that is away ends nothing.
func TestAnOutageIsRecorded(t *testing.T) {
	w := newWorld(t)
	w.lossy = true
	stop := w.watch()
	w.until("asked again, nothing changed", func() bool { return w.same.Load() > 2 })
	w.eventually()
	w.says("partial_outage")
	const began = "db-vendor: ACME reports partial outage of Storage, started"
	w.eventually(began)
	w.says("")
	before := w.asked.Load()
	w.until("asked while it is away", func() bool { return w.asked.Load() > before+1 })
	w.eventually(began)
	if err := stop(); err == nil {
		t.Fatal("it lives on")
	}
	w.says("operational")
	w.watch() // another one goes on with what was kept
	w.eventually("db-vendor: ACME reports partial outage of Storage, succeeded, over")
}

// A watcher that dies at any instant of telling leaves what the next one completes.
func TestADeathLosesAndRepeatsNothing(t *testing.T) {
	for _, point := range []string{"watch.before_report", "watch.after_report"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			w.says("major_outage")
			disarm, err := failpoint.Arm(point, failpoint.Fail)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(disarm)
			stop := w.watch()
			w.until("it is kept what is to be told", func() bool {
				kept, err := w.Recall(t.Context())
				return err == nil && len(kept["acme"].Pending) == 1
			})
			if err := stop(); err == nil {
				t.Fatal("it lives on")
			}
			disarm()
			w.watch()
			w.eventually("db-vendor: ACME reports major outage of Storage, started")
		})
	}
}

// Two watchers, as may be for a while when the turn gets lost, record the same once.
func TestTwoWatchersRecordTheSame(t *testing.T) {
	w := newWorld(t)
	w.watch()
	w.watch()
	w.says("degraded_performance")
	w.eventually("db-vendor: ACME reports degraded performance of Storage, started")
	before := w.asked.Load()
	w.until("both have asked", func() bool { return w.asked.Load() > before+10 })
	w.eventually("db-vendor: ACME reports degraded performance of Storage, started")
}
