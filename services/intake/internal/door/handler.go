package door

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Defaults of [Options].
const (
	DefaultMaxBody     = 768 << 10 // bytes; a message of the log's servers holds 1 MiB
	DefaultMaxRequests = 128
	storeTimeout       = 10 * time.Second
	readTimeout        = 15 * time.Second
)

// Options configure the door.
type Options struct {
	// Sources are the kinds of senders; the door of each is its name.
	Sources source.Catalog
	// Signals keeps what arrives.
	Signals signals.Store
	// Accounts knows the tokens.
	Accounts auth.Authenticator
	// Overloaded tells whether too much waits already; nil: never.
	Overloaded func() bool
	// MaxBody is the largest body in bytes, MaxRequests how many are taken at
	// once; 0 means the defaults.
	MaxBody, MaxRequests int
	// Metrics counts what comes.
	Metrics *Metrics
	// Logger gets what senders cannot be told.
	Logger *slog.Logger
	// Tracer begins the trace of an alert.
	Tracer trace.Tracer
	// Now is the clock.
	Now func() time.Time
}

// Handler serves POST /hooks/{source}/{token} and POST /hooks/{source} with a
// bearer token.
//
// Alertmanager repeats on 5xx and never on 4xx, so whatever may be accepted later
// is answered by 503, and 4xx says that the same request will never be.
type Handler struct {
	o     Options
	slots chan struct{}
}

// New returns the door.
func New(o Options) *Handler {
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxRequests == 0 {
		o.MaxRequests = DefaultMaxRequests
	}
	if o.Overloaded == nil {
		o.Overloaded = func() bool { return false }
	}
	return &Handler{o: o, slots: make(chan struct{}, o.MaxRequests)}
}

// Register adds the door's routes to a mux.
func (h *Handler) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /hooks/{source}/{token}", h.serve)
	mux.HandleFunc("POST /hooks/{source}", h.serve)
}

func (h *Handler) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("source")
	refusal := h.admit(w, r, name)
	if refusal == nil {
		h.o.Metrics.accepted(name)
		w.WriteHeader(http.StatusAccepted)
		return
	}
	h.o.Metrics.refused(refusal.reason)
	if refusal.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	http.Error(w, refusal.message, refusal.status)
}

// refusal is an answer that is no acceptance.
type refusal struct {
	status          int
	reason, message string
}

func later(reason, message string) *refusal {
	return &refusal{status: http.StatusServiceUnavailable, reason: reason, message: message}
}

// admit stores the request, or says why not.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, name string) *refusal {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return later("busy", "too many requests at once: send it again")
	}
	from, ok := h.o.Sources.Find(name)
	if !ok {
		return &refusal{http.StatusNotFound, "no_such_door", fmt.Sprintf("there is no door %.40q", name)}
	}
	principal, refused := h.authenticate(r)
	if refused != nil {
		return refused
	}
	if h.o.Overloaded() {
		return later("overloaded", "too much waits to be handled: send it again")
	}
	body, refused := h.read(w, r)
	if refused != nil {
		return refused
	}
	if _, err := from.Parse(body); err != nil {
		return &refusal{http.StatusBadRequest, "malformed", err.Error()}
	}
	return h.store(r, from.Name(), principal, body)
}

func (h *Handler) authenticate(r *http.Request) (string, *refusal) {
	authorization := r.Header.Get("Authorization")
	if token := r.PathValue("token"); token != "" {
		authorization = "Bearer " + token
	}
	principal, err := h.o.Accounts.Authenticate(r.Context(), authorization)
	switch {
	case errors.Is(err, auth.ErrStale):
		return "", later("accounts_stale", err.Error())
	case err != nil:
		return "", &refusal{http.StatusUnauthorized, "unauthorized", err.Error()}
	case !principal.Has(authv1.AccountRole_ACCOUNT_ROLE_RESPONDER):
		return "", &refusal{http.StatusForbidden, "forbidden", "this token may only read: use one with the role responder"}
	}
	return principal.ID, nil
}

func (h *Handler) read(w http.ResponseWriter, r *http.Request) ([]byte, *refusal) {
	// A recorder has no deadline to set; a server has.
	_ = http.NewResponseController(w).SetReadDeadline(h.o.Now().Add(readTimeout))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(h.o.MaxBody)))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, &refusal{
			http.StatusRequestEntityTooLarge, "too_large",
			fmt.Sprintf("the body has more than %d bytes: set max_alerts in the sender, or group by more labels", h.o.MaxBody),
		}
	case err != nil:
		return nil, later("interrupted", "the body did not arrive whole: send it again")
	}
	return body, nil
}

func (h *Handler) store(r *http.Request, name, principal string, body []byte) *refusal {
	ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	ctx, span := h.o.Tracer.Start(ctx, "intake.receive", trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	id, err := uuid.NewV7()
	if err != nil {
		return later("no_id", "the request could not be stored: send it again")
	}
	err = h.o.Signals.Put(ctx, &signalv1.RawSignal{
		Id: id.String(), Source: name, ReceivedAtUs: h.o.Now().UnixMicro(), ContentType: contentType(r), Body: body,
		Principal: principal, TraceParent: telemetry.TraceParent(ctx),
	})
	switch {
	case errors.Is(err, signals.ErrTooLarge):
		return &refusal{http.StatusRequestEntityTooLarge, "too_large", "the body is too large: set max_alerts in the sender"}
	case err != nil:
		span.RecordError(err)
		h.o.Logger.WarnContext(ctx, "signal refused", "source", name, "error", err)
		return later("not_stored", "the request could not be stored: send it again")
	}
	return nil
}

// contentType keeps the kind of the body, which is all that parsers need.
func contentType(r *http.Request) string {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return strings.ToLower(kind)
}
