package call_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/call"
	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// attempt sends one request to a handler on loopback and closes everything after it.
func attempt(t *testing.T, timeout time.Duration, allow []netip.Prefix, handler http.HandlerFunc) call.Result {
	t.Helper()
	t.Setenv("HOOK_SECRET", secret)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A server notices that its client went away only after it read the body.
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		handler(w, r)
	}))
	defer server.Close()
	client := netguard.Guard{Allow: allow}.Client(timeout)
	defer client.CloseIdleConnections()
	c := &call.Caller{Client: client, Secrets: &sign.Resolver{Now: time.Now}, Now: time.Now}
	return c.Call(t.Context(), call.Request{
		URL: server.URL, Secrets: []string{"env:HOOK_SECRET"}, MessageID: "event_hook", Body: []byte(`{"a":1}`),
		TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	})
}

func TestOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(http.ResponseWriter)
		outcome call.Outcome
		status  int
	}{
		"200":              {func(http.ResponseWriter) {}, call.Delivered, 200},
		"204":              {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNoContent) }, call.Delivered, 204},
		"a redirect":       {func(w http.ResponseWriter) { w.Header().Set("Location", "/x"); w.WriteHeader(http.StatusFound) }, call.Refused, 302},
		"not modified":     {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotModified) }, call.Refused, 304},
		"400":              {func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadRequest) }, call.Refused, 400},
		"410":              {func(w http.ResponseWriter) { w.WriteHeader(http.StatusGone) }, call.Gone, 410},
		"500":              {func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) }, call.Refused, 500},
		"a cut connection": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, call.Unreachable, 0},
		"too many requests": {func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(http.StatusTooManyRequests)
		}, call.Refused, 429},
	} {
		t.Run(name, func(t *testing.T) {
			got := attempt(t, time.Minute, netguard.Loopback(), func(w http.ResponseWriter, _ *http.Request) { c.answer(w) })
			if got.Outcome != c.outcome || got.Status != c.status || (got.Problem == "") != (c.outcome == call.Delivered) {
				t.Errorf("got %+v", got)
			}
			if c.status == 429 && got.RetryAfter != 90*time.Second {
				t.Errorf("Retry-After %v", got.RetryAfter)
			}
		})
	}
}

func TestTheRequestVerifiesAndContinuesTheTrace(t *testing.T) {
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	got := attempt(t, time.Minute, netguard.Loopback(), func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := webhook.Verify(body, r.Header); err != nil {
			t.Errorf("not verified: %v", err)
		}
		if r.Header.Get("Content-Type") != "application/cloudevents+json" || r.Header.Get("Traceparent") == "" {
			t.Errorf("headers %v", r.Header)
		}
		_, _ = io.WriteString(w, "thanks")
	})
	if string(got.Body) != "thanks" || got.RequestHeaders["Webhook-Id"] != "event_hook" {
		t.Errorf("got %+v", got)
	}
}

func TestWhatMayNotBeCalled(t *testing.T) {
	called := false
	got := attempt(t, time.Second, nil, func(http.ResponseWriter, *http.Request) { called = true })
	if got.Outcome != call.Forbidden || called || strings.Contains(got.Problem, "127.0.0.1") {
		t.Errorf("got %+v, called %v", got, called)
	}
	c := &call.Caller{Client: netguard.Guard{}.Client(time.Second), Secrets: &sign.Resolver{Now: time.Now}, Now: time.Now}
	for name, r := range map[string]call.Request{
		"no secret":   {URL: "https://example.com", Secrets: []string{"env:HOOK_NOT_SET"}},
		"a bad URL":   {URL: "ftp://example.com", Secrets: []string{"env:HOOK_SECRET"}},
		"credentials": {URL: "https://u:p@example.com", Secrets: []string{"env:HOOK_SECRET"}},
	} {
		if got := c.Call(t.Context(), r); got.Outcome != call.Misconfigured || strings.Contains(got.Problem, "MfKQ") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestACancelledAttemptEnds(t *testing.T) {
	t.Setenv("HOOK_SECRET", secret)
	entered := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(entered)
		<-r.Context().Done()
	}))
	defer server.Close()
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(time.Minute)
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-entered
		cancel()
	}()
	c := &call.Caller{Client: client, Secrets: &sign.Resolver{Now: time.Now}, Now: time.Now}
	if got := c.Call(ctx, call.Request{URL: server.URL, Secrets: []string{"env:HOOK_SECRET"}, MessageID: "x"}); got.Outcome == call.Delivered {
		t.Errorf("got %+v", got)
	}
}
