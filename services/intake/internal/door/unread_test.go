package door_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// TestWhatCannotBeUnderstoodIsKept sends what is no body of the sender.
func TestWhatCannotBeUnderstoodIsKept(t *testing.T) {
	for name, c := range map[string]struct {
		request *http.Request
		want    int
		kept    string // the body; "-": nothing is stored
	}{
		"Alertmanager counts refusals":      {post("/hooks/alertmanager/good", `{"version":"3"}`), 400, `{"version":"3"}`},
		"Grafana too":                       {post("/hooks/grafana/good", `x`), 400, `x`},
		"PagerDuty's webhooks would end":    {post("/hooks/pagerduty-webhook/good", `{}`), 202, `{}`},
		"Sentry's would":                    {post("/hooks/sentry/good", `{}`), 202, `{}`},
		"incident.io repeats":               {post("/hooks/incident-io/good", `{}`), 202, `{}`},
		"an event of PagerDuty's API":       {post("/v2/enqueue", `{"routing_key":"good"}`), 400, `{"routing_key":"hidden"}`},
		"nothing of a stranger is kept":     {post("/hooks/sentry/bad", `{}`), 401, "-"},
		"nor of one without a key":          {post("/v2/enqueue", `x`), 400, "-"},
		"nor of one that may only read":     {post("/hooks/sentry/viewer", `{}`), 403, "-"},
		"nor what is signed by nobody":      {post("/hooks/alertmanager/hub", `x`), 401, "-"},
		"what is signed is kept":            {signed("/hooks/alertmanager/hub", "new", `x`), 400, "x"},
		"what is too large is not":          {post("/hooks/sentry/good", strings.Repeat(" ", 5000)), 413, "-"},
		"a body that hides what it is (PD)": {post("/hooks/pagerduty/good", `x`), 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			store := &memory.Store{}
			w := serve(t, store, func(o *door.Options) { everything(o); signers(o) }, c.request)
			if w.Code != c.want {
				t.Fatalf("answered %d %s, want %d", w.Code, w.Body, c.want)
			}
			if backlog, err := store.Backlog(t.Context()); err != nil || (c.kept == "-") != (backlog.Signals == 0) {
				t.Fatalf("%d are stored, %v", backlog.Signals, err)
			}
			if c.kept == "-" {
				return
			}
			if kept := stored(t, store); string(kept.GetBody()) != c.kept || kept.GetUnread() == "" {
				t.Errorf("kept %q, since %q", kept.GetBody(), kept.GetUnread())
			}
		})
	}
}

// What cannot be stored either has to come again, whoever sends it.
func TestWhatIsNotKeptComesAgain(t *testing.T) {
	store := &memory.Store{Limit: 1}
	if err := store.Put(t.Context(), &signalv1.RawSignal{}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/hooks/sentry/good", "/hooks/alertmanager/good"} {
		if w := serve(t, store, everything, post(path, `x`)); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: answered %d", path, w.Code)
		}
	}
}

// asAdmin asks the service for what it keeps.
func asAdmin(method, path string) *http.Request {
	r := httptest.NewRequest(method, path, http.NoBody)
	r.Header.Set("Authorization", "Bearer admin")
	return r
}

// unreadOf lists what is unread.
func unreadOf(t *testing.T, store signals.Store, query string) (ids []string) {
	t.Helper()
	w := serve(t, store, everything, asAdmin(http.MethodGet, "/signals"+query))
	var answer struct {
		Signals []struct{ ID, Source, Sender, Reason string }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != http.StatusOK {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	for _, s := range answer.Signals {
		if s.Source != "sentry" || s.Sender != "machine" || s.Reason == "" {
			t.Errorf("listed %+v", s)
		}
		ids = append(ids, s.ID)
	}
	return ids
}

// learning understands nothing until it has learnt.
type learning struct {
	source.Sentry
	learnt *bool
}

func (l learning) Parse(s source.Signal) (source.Batch, error) {
	if !*l.learnt {
		return source.Batch{}, source.ErrMalformed
	}
	return l.Sentry.Parse(s)
}

const sentryIssue = `{"action":"created","data":{"issue":{"id":"1","title":"Boom"}}}`

// TestReplay fixes what could not be understood and replays it.
func TestReplay(t *testing.T) {
	store, learnt := &memory.Store{}, false
	learner := func(o *door.Options) { o.Sources = source.NewCatalog(learning{learnt: &learnt}) }
	for range 2 {
		if w := serve(t, store, learner, post("/hooks/sentry/good", sentryIssue)); w.Code != http.StatusAccepted {
			t.Fatalf("answered %d", w.Code)
		}
	}
	ids := unreadOf(t, store, "?limit=10")
	if len(ids) != 2 || len(unreadOf(t, store, "?limit=1")) != 1 || len(unreadOf(t, store, "?since=2100-01-01T00:00:00Z")) != 0 {
		t.Fatalf("unread are %v", ids)
	}
	replay := func(id string, want int) {
		t.Helper()
		if w := serve(t, store, learner, asAdmin(http.MethodPost, "/signals/"+id+"/replay")); w.Code != want {
			t.Fatalf("answered %d %s, want %d", w.Code, w.Body, want)
		}
	}
	replay(ids[1], http.StatusUnprocessableEntity)
	replay("none", http.StatusNotFound)
	learnt = true
	replay(ids[1], http.StatusAccepted)
	replay(ids[1], http.StatusAccepted) // which changes nothing
	if left := unreadOf(t, store, ""); len(left) != 1 || left[0] != ids[0] {
		t.Errorf("unread are %v, want %s", left, ids[0])
	}
	// It is handed over with its own id and time.
	first, err := store.Find(t.Context(), ids[1])
	if err != nil {
		t.Fatal(err)
	}
	handed := 0
	ctx, cancel := context.WithCancel(t.Context())
	_ = store.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
		defer cancel()
		for _, s := range batch {
			if s.GetUnread() == "" && !s.GetReplayed() {
				handed++
				if s.GetId() != ids[1] || s.GetReceivedAtUs() != first.GetReceivedAtUs() || string(s.GetBody()) != sentryIssue {
					t.Errorf("handed over %v", s)
				}
			}
		}
		return nil
	})
	if handed != 2 {
		t.Errorf("%d were handed over, want one for each replay", handed)
	}
}

// TestReplayOfWhatWasSetAside replays a signal that was read when it came and was kept
// among the unread only later, by a note under the same id.
func TestReplayOfWhatWasSetAside(t *testing.T) {
	store := &memory.Store{}
	if w := serve(t, store, everything, post("/hooks/sentry/good", sentryIssue)); w.Code != http.StatusAccepted {
		t.Fatalf("answered %d", w.Code)
	}
	whyUnread := func(id string) string {
		t.Helper()
		w := serve(t, store, everything, asAdmin(http.MethodGet, "/signals/"+id))
		if w.Code != http.StatusOK || w.Body.String() != sentryIssue {
			t.Fatalf("answered %d %s", w.Code, w.Body)
		}
		return w.Header().Get("Bridgelog-Unread")
	}
	signal := stored(t, store)
	id := signal.GetId()
	if why := whyUnread(id); why != "" {
		t.Errorf("what was read is shown as unread: %q", why)
	}
	reason := errors.New("its mapping is another one")
	if err := store.Aside(t.Context(), signal, reason); err != nil {
		t.Fatal(err)
	}
	if ids := unreadOf(t, store, ""); !slices.Equal(ids, []string{id}) {
		t.Fatalf("unread are %v, want %s", ids, id)
	}
	if why := whyUnread(id); why != reason.Error() {
		t.Errorf("shown as unread since %q, want %q", why, reason)
	}
	if w := serve(t, store, everything, asAdmin(http.MethodPost, "/signals/"+id+"/replay")); w.Code != http.StatusAccepted {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	if ids := unreadOf(t, store, ""); len(ids) != 0 {
		t.Errorf("unread are still %v", ids)
	}
	if why := whyUnread(id); why != "" {
		t.Errorf("what was replayed is shown as unread: %q", why)
	}
}

func TestUnreadSignalsAreForAdmins(t *testing.T) {
	for _, path := range []string{"GET /signals", "POST /signals/x/replay"} {
		method, target, _ := strings.Cut(path, " ")
		for token, want := range map[string]int{"good": 403, "viewer": 403, "bad": 401, "stale": 503} {
			r := httptest.NewRequest(method, target, http.NoBody)
			r.Header.Set("Authorization", "Bearer "+token)
			if w := serve(t, &memory.Store{}, nil, r); w.Code != want {
				t.Errorf("%s with %s: answered %d, want %d", path, token, w.Code, want)
			}
		}
	}
	for _, query := range []string{"?limit=0", "?limit=x", "?limit=1001", "?since=yesterday"} {
		if w := serve(t, &memory.Store{}, nil, asAdmin(http.MethodGet, "/signals"+query)); w.Code != http.StatusBadRequest {
			t.Errorf("%s: answered %d", query, w.Code)
		}
	}
}

// gone is a store that cannot be reached.
type gone struct{ memory.Store }

func (*gone) Unread(context.Context, time.Time, int) ([]signals.Unread, error) {
	return nil, signals.ErrUnavailable
}

func (*gone) Find(context.Context, string) (*signalv1.RawSignal, error) {
	return nil, errors.Join(signals.ErrUnavailable)
}

func TestWhileTheStoreIsAway(t *testing.T) {
	for _, path := range []string{"GET /signals", "GET /signals/" + uuid.NewString(), "POST /signals/x/replay"} {
		method, target, _ := strings.Cut(path, " ")
		if w := serve(t, &gone{}, nil, asAdmin(method, target)); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: answered %d", path, w.Code)
		}
	}
}
