package door_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/trace/noop"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

const v1Address = "/generic/2010-04-15/create_event.json"

func trigger(key string) string {
	return `{"routing_key":"` + key + `","event_action":"trigger","dedup_key":"d","payload":{"summary":"Disk full","source":"db","severity":"error"}}`
}

func everything(o *door.Options) { o.Sources = source.NewCatalog(source.All()...) }

// Whoever pages through PagerDuty gets the answers that PagerDuty gives.
func TestPagerDutysAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		path, body string
		status     int
		want       string // a part of the answer
	}{
		"accepted":               {"/v2/enqueue", trigger("good"), 202, `"dedup_key":"d"`},
		"the token in the path":  {"/hooks/pagerduty/good/v2/enqueue", trigger("theirs"), 202, `"status":"success"`},
		"our own address":        {"/hooks/pagerduty/good", trigger("theirs"), 202, `"dedup_key":"d"`},
		"the key as bearer":      {"/hooks/pagerduty", trigger("good"), 202, `"dedup_key":"d"`},
		"version 1":              {v1Address, `{"service_key":"good","event_type":"trigger","incident_key":"i","description":"Disk full"}`, 200, `"incident_key":"i"`},
		"version 1 by its path":  {"/hooks/pagerduty/good" + v1Address, `{"service_key":"x","event_type":"resolve","incident_key":"i"}`, 200, `"incident_key":"i"`},
		"a key of nobody":        {"/v2/enqueue", trigger("bad"), 400, `"errors":["routing_key: `},
		"no key":                 {"/v2/enqueue", `{"event_action":"resolve","dedup_key":"d"}`, 400, `"status":"invalid event"`},
		"a key that may read":    {"/v2/enqueue", trigger("viewer"), 400, "role responder"},
		"nothing wrong is named": {"/v2/enqueue", strings.Replace(trigger("good"), "Disk full", "", 1), 400, "summary is missing"},
		"not JSON":               {"/hooks/pagerduty/good/v2/enqueue", "x", 400, `"status":"invalid event"`},
		"accounts are stale":     {"/v2/enqueue", trigger("stale"), 503, `"errors"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := serve(t, &memory.Store{}, everything, post(c.path, c.body))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) || !json.Valid(w.Body.Bytes()) {
				t.Errorf("answered %d %s, want %d with %s", w.Code, w.Body, c.status, c.want)
			}
			if again := w.Header().Get("Retry-After"); (w.Code == http.StatusServiceUnavailable) != (again != "") {
				t.Errorf("Retry-After %q with %d", again, w.Code)
			}
		})
	}
}

// A key is a secret: it is not kept with the event.
func TestKeysAreNotKept(t *testing.T) {
	for _, body := range []string{
		trigger("good"),
		strings.Replace(trigger("g\\u006fod"), "routing_key", "Routing_Key", 1),
		`{"service_key":"good","event_type":"resolve","incident_key":"d"}`,
	} {
		store := &memory.Store{}
		if w := serve(t, store, everything, post("/v2/enqueue", body)); w.Code != http.StatusAccepted {
			t.Fatalf("%s: answered %d %s", body, w.Code, w.Body)
		}
		kept := stored(t, store)
		if strings.Contains(string(kept.GetBody()), "ood") || kept.GetPrincipal() != "machine" {
			t.Errorf("kept %s of %q", kept.GetBody(), kept.GetPrincipal())
		}
		batch, err := source.PagerDuty{}.Parse(source.SignalOf(kept))
		if err != nil || batch.Key != "d" || batch.Alerts[0].Fingerprint != "machine/d" {
			t.Errorf("what is kept says %+v, %v", batch, err)
		}
	}
}

// Senders who are not known before their body is read get a part of the room.
func TestStrangersDoNotTakeAllTheRoom(t *testing.T) {
	mux := http.NewServeMux()
	door.New(door.Options{
		Sources: source.NewCatalog(source.All()...), Signals: &memory.Store{}, Accounts: accounts{}, MaxBody: 1024, MaxBytes: 4096,
		Logger: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""), Now: time.Now,
	}).Register(mux)
	answered := func(path string) int {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, post(path, trigger("good")))
		return w.Code
	}
	body := slow{make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/v2/enqueue", body))
	}()
	<-body.entered
	if got := answered("/v2/enqueue"); got != http.StatusServiceUnavailable {
		t.Errorf("a second stranger: answered %d, want 503", got)
	}
	if got := answered("/hooks/pagerduty/good/v2/enqueue"); got != http.StatusAccepted {
		t.Errorf("somebody known: answered %d, want 202", got)
	}
	close(body.release)
	<-done
	if got := answered("/v2/enqueue"); got != http.StatusAccepted {
		t.Errorf("afterwards: answered %d, want 202", got)
	}
}

// stored returns the one signal that a store holds.
func stored(t *testing.T, store *memory.Store) (kept *signalv1.RawSignal) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	_ = store.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
		defer cancel()
		kept = batch[0]
		return nil
	})
	return kept
}
