package notifier_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// delivery is what a receiver got.
type delivery struct {
	ID          string // webhook-id
	Type        string `json:"type"`
	Subject     string `json:"subject"`
	EventID     string `json:"id"`
	TraceParent string `json:"traceparent"`
	Body        string
	Verified    bool
	Also        bool // by the second secret, if there is one
}

// receiver is a webhook's real HTTP server. It verifies each delivery with the
// official library.
type receiver struct {
	*httptest.Server
	webhook *standardwebhooks.Webhook
	also    *standardwebhooks.Webhook // may be nil

	mu     sync.Mutex
	got    []delivery
	grown  chan struct{}
	answer func(n int, w http.ResponseWriter) // nil: 200
}

func newReceiver(t *testing.T, secret string) *receiver {
	t.Helper()
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{webhook: webhook, grown: make(chan struct{})}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Server.Close)
	return r
}

// answers sets what the receiver does with its n-th delivery, from 1.
func (r *receiver) answers(fn func(n int, w http.ResponseWriter)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = fn
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	d := delivery{ID: request.Header.Get("Webhook-Id"), Body: string(body), Verified: r.webhook.Verify(body, request.Header) == nil}
	_ = json.Unmarshal(body, &d)
	d.Also = r.also != nil && r.also.Verify(body, request.Header) == nil
	r.mu.Lock()
	r.got = append(r.got, d)
	n, answer := len(r.got), r.answer
	close(r.grown)
	r.grown = make(chan struct{})
	r.mu.Unlock()
	if answer != nil {
		answer(n, w)
	}
}

// patience bounds the wait for what has to come, on a busy machine.
const patience = time.Minute

// until waits until what the receiver got is as wanted, and returns it.
func (r *receiver) until(t *testing.T, what string, ok func([]delivery) bool) []delivery {
	t.Helper()
	deadline := time.After(patience)
	for {
		r.mu.Lock()
		got, grown := append([]delivery(nil), r.got...), r.grown
		r.mu.Unlock()
		if ok(got) {
			return got
		}
		select {
		case <-grown:
		case <-deadline:
			t.Fatalf("never: %s; got %d: %+v", what, len(got), got)
		}
	}
}

// atLeast waits for n deliveries and returns all.
func (r *receiver) atLeast(t *testing.T, n int) []delivery {
	t.Helper()
	return r.until(t, "enough deliveries", func(got []delivery) bool { return len(got) >= n })
}
