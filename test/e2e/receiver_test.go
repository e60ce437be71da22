package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	webhook "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// secret signs the deliveries of these tests.
const secret = "whsec_c2lnbi10aGUtYnJpZGdlLWxvZy1pbi1pbmstMzJieXRl"

// delivery is one request that a receiver accepted.
type delivery struct {
	// ID is the webhook-id header.
	ID string
	// Type and Subject are the CloudEvent's.
	Type, Subject string
	// Data is the CloudEvent's data.
	Data json.RawMessage
	// TraceParent is its tracing extension.
	TraceParent string
}

// receiver is a real HTTP server that verifies each delivery with the official
// Standard Webhooks library, and refuses what does not verify.
type receiver struct {
	*httptest.Server

	mu         sync.Mutex
	deliveries []delivery
	refused    []string
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	verifier, err := webhook.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		if err := verifier.Verify(body, request.Header); err != nil {
			r.refuse(err.Error())
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.accept(request.Header.Get("webhook-id"), body)
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) accept(id string, body []byte) {
	var event struct {
		Type        string          `json:"type"`
		Subject     string          `json:"subject"`
		Data        json.RawMessage `json:"data"`
		SpecVersion string          `json:"specversion"`
		TraceParent string          `json:"traceparent"`
	}
	if err := json.Unmarshal(body, &event); err != nil || event.SpecVersion != "1.0" {
		r.refuse("not a CloudEvent 1.0: " + string(body))
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deliveries = append(r.deliveries, delivery{ID: id, Type: event.Type, Subject: event.Subject, Data: event.Data, TraceParent: event.TraceParent})
}

func (r *receiver) refuse(why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refused = append(r.refused, why)
}

// await returns the deliveries once n different ones have arrived.
func (r *receiver) await(t *testing.T, n int) []delivery {
	t.Helper()
	var got []delivery
	eventually(t, func() (bool, string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.refused) > 0 {
			t.Fatalf("the receiver refused: %v", r.refused)
		}
		seen := map[string]bool{}
		got = got[:0]
		for _, d := range r.deliveries {
			if !seen[d.ID] {
				seen[d.ID] = true
				got = append(got, d)
			}
		}
		return len(got) >= n, fmt.Sprintf("%d deliveries; there are %v", n, got)
	})
	return got
}

// patience bounds the wait for what has to come, on a machine that runs other tests
// beside.
const patience = 2 * time.Minute

// eventually polls a condition until it holds.
func eventually(t *testing.T, condition func() (bool, string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(100 * time.Millisecond) // some conditions run commands
	defer tick.Stop()
	for {
		ok, what := condition()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still waiting for %s", what)
		}
		<-tick.C
	}
}
