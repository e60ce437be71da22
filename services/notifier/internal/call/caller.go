package call

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	"github.com/bridgelog/bridgelog/services/notifier/internal/event"
	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

// Timeout bounds one attempt, from dialling to the last byte that is read.
const Timeout = 15 * time.Second

// Bounds of what is kept of an answer.
const (
	keptBody  = 4 << 10
	readBody  = 64 << 10
	keptValue = 256
)

// Outcome says how an attempt ended. Attempted, delivered and answered are
// different things, and are never shown as one.
type Outcome string

// The outcomes.
const (
	// Delivered: the receiver answered 2xx.
	Delivered Outcome = "delivered"
	// Refused: the receiver answered something else; a redirect too.
	Refused Outcome = "refused"
	// Gone: the receiver answered 410 and wants nothing more.
	Gone Outcome = "gone"
	// TimedOut: there was no whole answer in time.
	TimedOut Outcome = "timeout"
	// Unreachable: there was no connection.
	Unreachable Outcome = "unreachable"
	// Forbidden: the address is not one that may be called.
	Forbidden Outcome = "forbidden"
	// Misconfigured: a secret or the URL cannot be used.
	Misconfigured Outcome = "misconfigured"
)

// Request is what is to be sent where.
type Request struct {
	// URL is the receiver's.
	URL string
	// Secrets are references to its secrets.
	Secrets []string
	// MessageID names the delivery; the same at each attempt.
	MessageID string
	// TraceParent continues the trace of the event; may be empty.
	TraceParent string
	// Body is sent byte for byte.
	Body []byte
}

// Result is what came of an attempt.
type Result struct {
	Outcome Outcome
	// Status is that of the answer; 0 without one.
	Status int
	// Problem says in our words what went wrong.
	Problem string
	// RetryAfter is what the receiver asked for.
	RetryAfter time.Duration
	// StartedAt and Took say when, and for how long.
	StartedAt time.Time
	Took      time.Duration
	// RequestHeaders and ResponseHeaders are those that matter, Body the begin of
	// the answer.
	RequestHeaders, ResponseHeaders map[string]string
	Body                            []byte
}

// Caller makes attempts. It is safe for concurrent use.
type Caller struct {
	// Client is a guarded client, see [netguard.Guard.Client].
	Client *http.Client
	// Secrets finds the secrets behind references.
	Secrets *sign.Resolver
	// Now is the clock.
	Now func() time.Time
}

// Call makes one attempt. It returns no error: whatever happens is the result.
func (c *Caller) Call(ctx context.Context, r Request) Result {
	result := Result{StartedAt: c.Now()}
	c.call(ctx, r, &result)
	result.Took = c.Now().Sub(result.StartedAt)
	return result
}

func (c *Caller) call(ctx context.Context, r Request, result *Result) {
	request, err := c.build(ctx, r, result)
	if err != nil {
		result.Outcome, result.Problem = Misconfigured, err.Error()
		return
	}
	answer, err := c.Client.Do(request)
	if err != nil {
		result.Outcome, result.Problem = explain(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	result.Status, result.ResponseHeaders = answer.StatusCode, keep(answer.Header, "Content-Type", "Retry-After", "Location", "Server")
	result.Body, err = readBounded(answer.Body)
	if err != nil {
		result.Outcome, result.Problem = explain(err)
		return
	}
	result.judge(answer, c.Now())
}

func (c *Caller) build(ctx context.Context, r Request, result *Result) (*http.Request, error) {
	target, err := netguard.CheckURL(r.URL)
	if err != nil {
		return nil, err
	}
	secrets, err := c.Secrets.Resolve(ctx, r.Secrets)
	if err != nil {
		return nil, err
	}
	signature, err := sign.Signature(secrets, r.MessageID, result.StartedAt, r.Body)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", event.ContentType)
	request.Header.Set("User-Agent", "Bridgelog-Webhook/1")
	request.Header.Set("Webhook-Id", r.MessageID)
	request.Header.Set("Webhook-Timestamp", strconv.FormatInt(result.StartedAt.Unix(), 10))
	request.Header.Set("Webhook-Signature", signature)
	if r.TraceParent != "" {
		request.Header.Set("Traceparent", r.TraceParent)
	}
	result.RequestHeaders = keep(request.Header, "Content-Type", "User-Agent", "Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "Traceparent")
	return request, nil
}

// judge reads the answer's status.
func (r *Result) judge(answer *http.Response, now time.Time) {
	switch {
	case answer.StatusCode >= 200 && answer.StatusCode < 300:
		r.Outcome = Delivered
		return
	case answer.StatusCode == http.StatusGone:
		r.Outcome, r.Problem = Gone, "the receiver answered 410: it wants nothing more"
		return
	}
	r.Outcome = Refused
	r.Problem = "the receiver answered " + strconv.Itoa(answer.StatusCode)
	if answer.StatusCode >= 300 && answer.StatusCode < 400 {
		r.Problem += ": redirects are not followed, give the final URL"
	}
	r.RetryAfter = retry.After(answer.Header.Get("Retry-After"), now)
}

// explain puts an error into our words: text of the network could tell somebody
// outside what is inside.
func explain(err error) (Outcome, string) {
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, netguard.ErrForbidden):
		return Forbidden, netguard.ErrForbidden.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return TimedOut, "there was no whole answer in time"
	}
	return Unreachable, "the receiver could not be reached"
}

// readBounded keeps the begin of an answer and reads a little more, so that the
// connection can be used again.
func readBounded(body io.Reader) ([]byte, error) {
	kept, err := io.ReadAll(io.LimitReader(body, keptBody))
	if err != nil {
		return nil, err
	}
	_, err = io.Copy(io.Discard, io.LimitReader(body, readBody))
	return kept, err
}

// keep copies the headers that matter, bounded.
func keep(h http.Header, names ...string) map[string]string {
	out := map[string]string{}
	for _, name := range names {
		if value := h.Get(name); value != "" {
			out[name] = value[:min(len(value), keptValue)]
		}
	}
	return out
}
