package door_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// accounts knows some tokens by their text.
type accounts struct{}

func (accounts) Authenticate(_ context.Context, authorization string) (auth.Principal, error) {
	switch authorization {
	case "Bearer good":
		return auth.Principal{ID: "machine", Token: "good-token", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER}, nil
	case "Bearer admin":
		return auth.Principal{ID: "root", Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN}, nil
	case "Bearer viewer":
		return auth.Principal{ID: "viewer", Role: authv1.AccountRole_ACCOUNT_ROLE_VIEWER}, nil
	case "Bearer stale":
		return auth.Principal{}, auth.ErrStale
	case "":
		return auth.Principal{}, auth.ErrNoCredentials
	}
	return auth.Principal{}, auth.ErrUnknownToken
}

const firing = `{"version":"4","groupKey":"g","alerts":[{"status":"firing","startsAt":"2026-01-01T00:00:00Z","fingerprint":"f"}]}`

func serve(t *testing.T, store signals.Store, change func(*door.Options), r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	o := door.Options{
		Sources: source.NewCatalog(source.Alertmanager{}), Signals: store, Accounts: accounts{}, MaxBody: 4096,
		Metrics: door.NewMetrics(prometheus.NewRegistry()), Logger: slog.New(slog.DiscardHandler),
		Tracer: noop.NewTracerProvider().Tracer(""), Now: time.Now,
	}
	if change != nil {
		change(&o)
	}
	mux := http.NewServeMux()
	door.New(o).Register(mux)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w
}

func post(path, body string) *http.Request {
	return httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
}

func TestAnswers(t *testing.T) {
	full := func() signals.Store {
		s := &memory.Store{Limit: 1}
		_ = s.Put(t.Context(), &signalv1.RawSignal{})
		return s
	}
	bearer := post("/hooks/alertmanager", firing)
	bearer.Header.Set("Authorization", "Bearer good")
	for name, c := range map[string]struct {
		request *http.Request
		store   signals.Store
		change  func(*door.Options)
		want    int
	}{
		"token in the path":     {request: post("/hooks/alertmanager/good", firing), want: 202},
		"token in the header":   {request: bearer, want: 202},
		"no token":              {request: post("/hooks/alertmanager", firing), want: 401},
		"unknown token":         {request: post("/hooks/alertmanager/bad", firing), want: 401},
		"token that only reads": {request: post("/hooks/alertmanager/viewer", firing), want: 403},
		"accounts unknown now":  {request: post("/hooks/alertmanager/stale", firing), want: 503},
		"no such door":          {request: post("/hooks/nothing/good", firing), want: 404},
		"malformed":             {request: post("/hooks/alertmanager/good", `{"version":"3"}`), want: 400},
		"too large":             {request: post("/hooks/alertmanager/good", strings.Repeat(" ", 5000)), want: 413},
		"cannot be stored":      {request: post("/hooks/alertmanager/good", firing), store: full(), want: 503},
		"overloaded": {
			request: post("/hooks/alertmanager/good", firing), want: 503,
			change: func(o *door.Options) { o.Overloaded = func() bool { return true } },
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.store == nil {
				c.store = &memory.Store{}
			}
			w := serve(t, c.store, c.change, c.request)
			if w.Code != c.want {
				t.Fatalf("answered %d %s, want %d", w.Code, w.Body, c.want)
			}
			if c.want == 503 && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
		})
	}
}

// blocking never answers until it is let go.
type blocking struct {
	memory.Store
	entered, release chan struct{}
}

func (b *blocking) Put(ctx context.Context, s *signalv1.RawSignal) error {
	b.entered <- struct{}{}
	<-b.release
	return b.Store.Put(ctx, s)
}

func TestTooManyAtOnceIs503(t *testing.T) {
	store := &blocking{entered: make(chan struct{}), release: make(chan struct{})}
	mux := http.NewServeMux()
	door.New(door.Options{
		Sources: source.NewCatalog(source.Alertmanager{}), Signals: store, Accounts: accounts{}, MaxRequests: 1,
		Logger: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""), Now: time.Now,
	}).Register(mux)
	first := httptest.NewRecorder()
	done := make(chan struct{})
	go func() {
		defer close(done)
		mux.ServeHTTP(first, post("/hooks/alertmanager/good", firing))
	}()
	<-store.entered
	second := httptest.NewRecorder()
	mux.ServeHTTP(second, post("/hooks/alertmanager/good", firing))
	close(store.release)
	<-done
	if first.Code != 202 || second.Code != 503 {
		t.Fatalf("answered %d and %d, want 202 and 503", first.Code, second.Code)
	}
}

func TestTheSignalIsStoredAsItCame(t *testing.T) {
	store := &memory.Store{}
	body := firing[:len(firing)-1] + `,"unknown":"é\u003c"}`
	r := post("/hooks/alertmanager/good", body)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
	if w := serve(t, store, nil, r); w.Code != 202 {
		t.Fatalf("answered %d", w.Code)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_ = store.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
		defer cancel()
		s := batch[0]
		if string(s.GetBody()) != body || s.GetSource() != "alertmanager" || s.GetPrincipal() != "machine" ||
			s.GetContentType() != "application/json" || s.GetId() == "" || s.GetReceivedAtUs() == 0 {
			t.Errorf("stored %v", s)
		}
		if !strings.Contains(s.GetTraceParent(), "0af7651916cd43dd8448eb211c80319c") {
			t.Errorf("trace %q does not go on", s.GetTraceParent())
		}
		return nil
	})
}

// slow is a body that does not end until it is let go.
type slow struct{ entered, release chan struct{} }

func (s slow) Read([]byte) (int, error) {
	s.entered <- struct{}{}
	<-s.release
	return 0, io.EOF
}

// TestBodiesInMemoryAreBounded lets one body take all the room that there is.
func TestBodiesInMemoryAreBounded(t *testing.T) {
	mux := http.NewServeMux()
	door.New(door.Options{
		Sources: source.NewCatalog(source.Alertmanager{}), Signals: &memory.Store{}, Accounts: accounts{}, MaxBody: 4096, MaxBytes: 4096,
		Logger: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""), Now: time.Now,
	}).Register(mux)
	body := slow{make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		// Its length is not known, so it may take all.
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/hooks/alertmanager/good", body))
	}()
	<-body.entered
	second := httptest.NewRecorder()
	mux.ServeHTTP(second, post("/hooks/alertmanager/good", firing))
	close(body.release)
	<-done
	if second.Code != http.StatusServiceUnavailable || second.Header().Get("Retry-After") == "" {
		t.Errorf("answered %d %v, want 503 with Retry-After", second.Code, second.Header())
	}
	third := httptest.NewRecorder()
	mux.ServeHTTP(third, post("/hooks/alertmanager/good", firing))
	if third.Code != http.StatusAccepted {
		t.Errorf("afterwards: %d", third.Code)
	}
}
