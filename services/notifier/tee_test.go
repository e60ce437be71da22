package notifier_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// tool is the HTTP server of another tool that pages.
type tool struct {
	*httptest.Server

	mu     sync.Mutex
	told   []string // "action key", as it was accepted
	bodies []string // of these
	tries  int
	answer func(n int) int // status of the n-th request, from 1; nil: 202
}

func newTool(t *testing.T) *tool {
	t.Helper()
	r := &tool{}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Server.Close)
	return r
}

func (r *tool) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	raw, _ := io.ReadAll(request.Body)
	var body struct {
		Key    string `json:"routing_key"`
		Action string `json:"event_action"`
		Dedup  string `json:"dedup_key"`
		Alias  string `json:"alias"`
	}
	_ = json.Unmarshal(raw, &body)
	said := body.Action + " " + body.Dedup
	if path, ok := strings.CutPrefix(request.URL.EscapedPath(), "/v2/alerts"); ok {
		body.Key = strings.TrimPrefix(request.Header.Get("Authorization"), "GenieKey ")
		id, act, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		if said = "create " + body.Alias; act != "" {
			alias, _ := url.PathUnescape(id)
			said = act + " " + alias
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	code := http.StatusAccepted
	if r.answer != nil {
		code = r.answer(r.tries)
	}
	if body.Key != "THE-KEY" {
		code = http.StatusBadRequest
	}
	if code == http.StatusAccepted {
		r.told = append(r.told, said)
		r.bodies = append(r.bodies, string(raw))
	}
	w.WriteHeader(code)
}

// accepted are what was accepted, and how many requests came.
func (r *tool) accepted() (string, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.told, ", "), r.tries
}

func (r *tool) answers(fn func(n int) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

// notes stands where command stands: what is said on alerts.
type notes struct {
	signalv1.AlertServiceClient

	mu   sync.Mutex
	said []string
	keys map[string]bool
	down bool
}

func (n *notes) NoteAlert(_ context.Context, r *signalv1.NoteAlertRequest, _ ...grpc.CallOption) (*signalv1.NoteAlertResponse, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.down {
		return nil, status.Error(codes.Unavailable, "down")
	}
	if n.keys == nil {
		n.keys = map[string]bool{}
	}
	if !n.keys[r.GetAlertId()+r.GetRequestId()] {
		n.keys[r.GetAlertId()+r.GetRequestId()] = true
		n.said = append(n.said, r.GetText())
	}
	return &signalv1.NoteAlertResponse{}, nil
}

func (n *notes) all() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(slices.Sorted(slices.Values(n.said)), " ")
}

// tees makes integrations of both types and a route that forwards to them.
func (s *system) tees(pagerDuty, opsgenie string) *notes {
	s.t.Helper()
	s.t.Setenv("TEE_KEY", "THE-KEY")
	incidentlogtest.Apply(s.t, s.log, s.catalog, incidentlogtest.YAML(s.t, `
{kind: Integration, name: pd, spec: {type: pagerduty, url: "`+pagerDuty+`", secrets: {routing_key: "env:TEE_KEY"}}}
---
{kind: Integration, name: og, spec: {type: opsgenie, url: "`+opsgenie+`", secrets: {api_key: "env:TEE_KEY"}}}
---
{kind: Route, name: both, spec: {severity: SEV-1, action: list, tee: [pd, og]}}
`)...)
	said := &notes{}
	s.change = func(c *notifier.Config) { c.Alerts = said }
	return said
}

// fires writes that an alert of a route began.
func (s *system) fires(fingerprint, route string) string {
	s.t.Helper()
	f := alert.Fired{Source: "alertmanager", Fingerprint: fingerprint, StartsAt: time.Now(), Title: fingerprint, Route: route}
	id := alert.ID(f.Source, f.Fingerprint, f.StartsAt)
	s.write(alert.Subject(id), f)
	return id
}

func TestAlertsAreForwardedInOrder(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	s.start()
	s.fires("not this", "another")
	id := s.fires("this", "both")
	until := func(what, wantPD, wantOG string) {
		t.Helper()
		s.poll(what, func() bool {
			a, _ := pd.accepted()
			b, _ := og.accepted()
			return a == wantPD && b == wantOG
		})
	}
	until("triggered", "trigger "+id, "create "+id)
	s.write(alert.Subject(id), alert.Acknowledged{By: "p1", At: time.Now()})
	until("acknowledged", "trigger "+id+", acknowledge "+id, "create "+id+", acknowledge "+id)
	s.stop()
	s.write(alert.Subject(id), alert.Resolved{EndsAt: time.Now()})
	s.start()
	until("resolved after a restart", "trigger "+id+", acknowledge "+id+", resolve "+id, "create "+id+", acknowledge "+id+", close "+id)
	s.poll("all is said", func() bool { return strings.Count(said.all(), "was forwarded and accepted") == 6 })
	s.poll("all is done", func() bool { return s.count("select count(*) from notifier_ledger.tee where state = 'done'") == 2 })
}

// What a tool tells of by its webhook may be what was forwarded to it.
func TestWhatComesFromAToolIsNotForwarded(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	s.tees(pd.URL, og.URL)
	s.start()
	for _, door := range []string{"opsgenie-webhook", "pagerduty-webhook", "incident-io"} {
		f := alert.Fired{Source: door, Fingerprint: "echo", StartsAt: time.Now(), Title: "echo", Route: "both"}
		s.write(alert.Subject(alert.ID(f.Source, f.Fingerprint, f.StartsAt)), f)
	}
	id := s.fires("this", "both")
	s.poll("the other one is told of", func() bool { told, _ := pd.accepted(); return told == "trigger "+id })
	if n := s.count("select count(*) from notifier_ledger.tee"); n != 2 {
		t.Errorf("%d are forwarded, want one alert to two tools", n)
	}
}

func TestAToolThatIsAwayGetsTheTriggerFirst(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	said := s.tees(pd.URL, og.URL)
	said.down = true
	pd.answers(func(n int) int {
		if n == 1 {
			return http.StatusServiceUnavailable
		}
		return http.StatusAccepted
	})
	og.answers(func(int) int { return http.StatusUnprocessableEntity })
	s.start()
	id := s.fires("this", "both")
	s.poll("it was tried", func() bool { _, n := pd.accepted(); return n == 1 })
	s.write(alert.Subject(id), alert.Acknowledged{By: "p1", At: time.Now()})
	said.mu.Lock()
	said.down = false
	said.mu.Unlock()
	// The acknowledgment wakes it, and is told after the trigger.
	s.poll("told in order", func() bool { told, _ := pd.accepted(); return told == "trigger "+id+", acknowledge "+id })
	s.write(alert.Subject(id), alert.Resolved{EndsAt: time.Now()})
	s.poll("resolved", func() bool { told, _ := pd.accepted(); return strings.HasSuffix(told, ", resolve "+id) })
	s.poll("what was refused is said", func() bool {
		return strings.Contains(said.all(), "og: the trigger could not be forwarded in 1 attempts: it answered 422.")
	})
	if told, n := og.accepted(); told != "" || n != 1 {
		t.Errorf("what is refused for good is sent %d times, and accepted: %q", n, told)
	}
	if strings.Contains(said.all(), "THE-KEY") {
		t.Errorf("a key is said: %s", said.all())
	}
}

func TestWhatWasOverIsNotForwarded(t *testing.T) {
	s := newSystem(t)
	pd, og := newTool(t), newTool(t)
	s.tees(pd.URL, og.URL)
	s.start()
	s.stop()
	id := s.fires("over", "both")
	s.write(alert.Subject(id), alert.Resolved{EndsAt: time.Now()})
	suppressed := s.fires("silenced", "both")
	s.write(alert.Subject(suppressed), alert.Suppressed{Kind: "silence", Name: "n", ID: "s1", At: time.Now(), Until: time.Now().Add(time.Hour)})
	s.start()
	s.poll("what was over is done", func() bool {
		return s.count("select count(*) from notifier_ledger.tee where alert_id = $1 and state = 'done'", id) == 2
	})
	if told, n := pd.accepted(); n != 0 {
		t.Errorf("told %q", told)
	}
	s.write(alert.Subject(suppressed), alert.Unsuppressed{At: time.Now()})
	s.poll("told when it may call", func() bool { told, _ := pd.accepted(); return told == "trigger "+suppressed })
}
