package door_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/bridgelog/bridgelog/pkg/auth"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

const standardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// knownSenders are senders of the door alertmanager.
func knownSenders(_, name string) (*door.Sender, error) {
	secrets := func(list ...string) func() ([]string, error) {
		return func() ([]string, error) { return list, nil }
	}
	hub := sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_GITHUB}
	switch name {
	case "hub":
		return &door.Sender{ID: "hub-id", Signs: true, Rule: hub, Secrets: secrets("old", "new")}, nil
	case "standard":
		return &door.Sender{
			ID: "standard-id", Signs: true, Secrets: secrets(standardSecret),
			Rule: sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_STANDARD_WEBHOOKS},
		}, nil
	case "slack":
		return &door.Sender{ID: "slack-id", Signs: true, Rule: sign.Rule{Scheme: catalogv1.SignatureScheme_SIGNATURE_SCHEME_SLACK}, Secrets: secrets("old", "new")}, nil
	case "disabled":
		return &door.Sender{ID: "d", Signs: true, Rule: hub, Secrets: secrets("new"), Disabled: true}, nil
	case "half":
		return &door.Sender{ID: "h", Signs: true, Rule: hub, Secrets: func() ([]string, error) { return []string{"new"}, errors.New("no file") }}, nil
	case "none":
		return &door.Sender{ID: "n", Signs: true, Rule: hub, Secrets: func() ([]string, error) { return nil, errors.New("no file") }}, nil
	case "by-token":
		return &door.Sender{ID: "t", Secrets: secrets()}, nil
	case "stale-catalog":
		return nil, auth.ErrStale
	}
	return nil, nil
}

func signers(o *door.Options) { o.Senders = knownSenders }

// signed signs a body as GitHub does.
func signed(path, secret, body string) *http.Request {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(body))
	r := post(path, body)
	r.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func TestSignedRequests(t *testing.T) {
	withToken := post("/hooks/alertmanager/by-token", firing)
	withToken.Header.Set("Authorization", "Bearer good")
	unsignedWithToken := post("/hooks/alertmanager/hub", firing)
	unsignedWithToken.Header.Set("Authorization", "Bearer good")
	for name, c := range map[string]struct {
		request *http.Request
		want    int
		stored  string // the principal; empty: nothing is stored
	}{
		"the new secret":             {signed("/hooks/alertmanager/hub", "new", firing), 202, "hub-id"},
		"the old one":                {signed("/hooks/alertmanager/hub", "old", firing), 202, "hub-id"},
		"another one":                {signed("/hooks/alertmanager/hub", "others", firing), 401, ""},
		"no signature":               {post("/hooks/alertmanager/hub", firing), 401, ""},
		"a token does not stand in":  {unsignedWithToken, 401, ""},
		"of a sender that is off":    {signed("/hooks/alertmanager/disabled", "new", firing), 403, ""},
		"one secret can be read":     {signed("/hooks/alertmanager/half", "new", firing), 202, "h"},
		"signed with the other":      {signed("/hooks/alertmanager/half", "old", firing), 503, ""},
		"no secret can be read":      {signed("/hooks/alertmanager/none", "new", firing), 503, ""},
		"the catalog is stale":       {signed("/hooks/alertmanager/stale-catalog", "new", firing), 503, ""},
		"a sender with a token":      {withToken, 202, "t"},
		"a sender without its token": {post("/hooks/alertmanager/by-token", firing), 401, ""},
		"no such sender":             {signed("/hooks/alertmanager/nobody", "new", firing), 401, ""},
		"a token, as before":         {post("/hooks/alertmanager/good", firing), 202, "machine"},
	} {
		t.Run(name, func(t *testing.T) {
			store := &memory.Store{}
			if w := serve(t, store, signers, c.request); w.Code != c.want {
				t.Fatalf("answered %d %s, want %d", w.Code, w.Body, c.want)
			}
			testPrincipal(t, store, c.stored)
		})
	}
}

func testPrincipal(t *testing.T, store *memory.Store, want string) {
	t.Helper()
	backlog, err := store.Backlog(t.Context())
	if err != nil || (want != "") != (backlog.Signals == 1) {
		t.Fatalf("%d signals are stored, %v", backlog.Signals, err)
	}
	if want != "" && stored(t, store).GetPrincipal() != want {
		t.Errorf("stored for %q, want %q", stored(t, store).GetPrincipal(), want)
	}
}

// standing is a door that stays between requests.
func standing(store signals.Store, now func() time.Time) *http.ServeMux {
	mux := http.NewServeMux()
	door.New(door.Options{
		Sources: source.NewCatalog(source.Alertmanager{}), Signals: store, Accounts: accounts{}, Senders: knownSenders,
		Logger: slog.New(slog.DiscardHandler), Tracer: noop.NewTracerProvider().Tracer(""), Now: now,
	}).Register(mux)
	return mux
}

func standard(t *testing.T, id string, at time.Time) *http.Request {
	t.Helper()
	hook, err := standardwebhooks.NewWebhook(standardSecret)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := hook.Sign(id, at, []byte(firing))
	if err != nil {
		t.Fatal(err)
	}
	r := post("/hooks/alertmanager/standard", firing)
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	return r
}

func answer(mux http.Handler, r *http.Request) int {
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	return w.Code
}

// What is repeated is accepted, so that its sender stops, and stored once.
func TestARepeatedRequestIsStoredOnce(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	store := &memory.Store{}
	mux := standing(store, func() time.Time { return now })
	for i, c := range []struct {
		id   string
		at   time.Time
		want int
		kept uint64
	}{
		{"m1", now, 202, 1},
		{"m1", now, 202, 1},
		{"m1", now.Add(time.Minute), 202, 1}, // signed anew by a sender that repeats
		{"m2", now, 202, 2},
		{"m3", now.Add(-6 * time.Minute), 401, 2},
		{"m3", now.Add(6 * time.Minute), 401, 2},
	} {
		if got := answer(mux, standard(t, c.id, c.at)); got != c.want {
			t.Errorf("%d: answered %d, want %d", i, got, c.want)
		}
		if backlog, err := store.Backlog(t.Context()); err != nil || backlog.Signals != c.kept {
			t.Errorf("%d: %d are stored, want %d", i, backlog.Signals, c.kept)
		}
	}
}

// slack signs a body as Slack does.
func slack(secret string, at time.Time, body string) *http.Request {
	stamp, mac := strconv.FormatInt(at.Unix(), 10), hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte("v0:" + stamp + ":" + body))
	r := post("/hooks/alertmanager/slack", body)
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

// What is signed as Slack signs is known by its signature, which is of this body at this
// second, with either secret.
func TestSlacksSignature(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	store := &memory.Store{}
	mux := standing(store, func() time.Time { return now })
	again := slack("new", now, firing)
	again.Header.Set("X-Slack-Signature", strings.ToUpper(again.Header.Get("X-Slack-Signature")))
	for i, c := range []struct {
		request *http.Request
		want    int
		kept    uint64
	}{
		{slack("new", now, firing), 202, 1},
		{slack("new", now, firing), 202, 1},
		{again, 401, 1}, // V0 is no version of Slack's
		{slack("old", now, firing), 202, 2},
		{slack("new", now.Add(time.Second), firing), 202, 3},
		{slack("new", now.Add(-6*time.Minute), firing), 401, 3},
		{slack("others", now, firing), 401, 3},
	} {
		if got := answer(mux, c.request); got != c.want {
			t.Errorf("%d: answered %d, want %d", i, got, c.want)
		}
		if backlog, err := store.Backlog(t.Context()); err != nil || backlog.Signals != c.kept {
			t.Errorf("%d: %d are stored, want %d", i, backlog.Signals, c.kept)
		}
	}
}

// A second process, or the same one after a restart, knows what was taken.
func TestARepetitionAtAnotherDoor(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	store := &memory.Store{}
	for i := range 2 {
		mux := standing(store, func() time.Time { return now })
		if got := answer(mux, standard(t, "m", now)); got != 202 {
			t.Errorf("door %d: answered %d", i, got)
		}
	}
	if backlog, err := store.Backlog(t.Context()); err != nil || backlog.Signals != 1 {
		t.Errorf("%d are stored, %v", backlog.Signals, err)
	}
}

// flaky refuses the first signal.
type flaky struct {
	memory.Store
	asked atomic.Int32
}

func (f *flaky) Put(ctx context.Context, s *signalv1.RawSignal) error {
	if f.asked.Add(1) == 1 {
		return signals.ErrUnavailable
	}
	return f.Store.Put(ctx, s)
}

// What was not stored may come again.
func TestWhatWasNotStoredIsNotRemembered(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	store := &flaky{}
	mux := standing(store, func() time.Time { return now })
	for i, want := range []int{503, 202} {
		if got := answer(mux, standard(t, "m", now)); got != want {
			t.Errorf("%d: answered %d, want %d", i, got, want)
		}
	}
	if backlog, err := store.Backlog(t.Context()); err != nil || backlog.Signals != 1 {
		t.Errorf("%d are stored", backlog.Signals)
	}
}

// While one is being stored its repetition has to wait: it is not known yet.
func TestARepetitionAtTheSameMoment(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	store := &blocking{entered: make(chan struct{}), release: make(chan struct{})}
	mux := standing(store, func() time.Time { return now })
	first := make(chan int)
	go func() { first <- answer(mux, standard(t, "m", now)) }()
	<-store.entered
	second := answer(mux, standard(t, "m", now))
	close(store.release)
	if got := <-first; got != 202 || second != 503 {
		t.Errorf("answered %d and %d, want 202 and 503", got, second)
	}
}
