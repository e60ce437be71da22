package door

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/semaphore"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/sign"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// The instants around storing at which tests end the process: what was not
// answered comes again from the sender.
var (
	pointReceived = failpoint.New("intake.received")
	pointStored   = failpoint.New("intake.stored")
)

// Defaults of [Options].
const (
	DefaultMaxBody     = 768 << 10 // bytes; a message of the log's servers holds 1 MiB
	DefaultMaxGroup    = 8 << 20   // bytes, of a body that is stored in parts
	DefaultMaxRequests = 256
	DefaultMaxBytes    = 16 << 20 // of bodies that are in memory
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
	// Rules returns the routes, in the order in which they are tried; nil: there are none.
	Rules func() []route.Rule
	// Suppressed returns what would keep an alert of a door from calling now; nil: that is
	// not foreseen.
	Suppressed func(door string, a *source.Alert) (alert.Suppressed, bool)
	// Whom works out whom a page calls; nil: that is not foreseen.
	Whom Whom
	// Service is the catalog's name of what a sender calls a service; nil: the same.
	Service func(called string) string
	// Senders knows who signs; nil: nobody does.
	Senders Senders
	// Alerts knows what became of what was sent; nil: nobody is told.
	Alerts Alerts
	// Heartbeats takes pings; nil: there are no heartbeats.
	Heartbeats Heartbeats
	// Overloaded tells whether too much waits already; nil: never.
	Overloaded func() bool
	// MaxBody is the largest body in bytes, MaxGroup the largest of those that can be
	// divided, MaxRequests how many requests are taken at once, MaxBytes how many bytes of
	// bodies; 0 means the defaults.
	MaxBody, MaxGroup, MaxRequests, MaxBytes int
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
// bearer token, POST /hooks/{source}/{name of a sender} with its signature, the addresses of other products' doors, and to admins GET
// /signals/{id}.
//
// Senders repeat on 5xx and most of them never on 4xx, so whatever may be accepted
// later is answered by 503, and 4xx says that the same request will never be.
type Handler struct {
	o     Options
	slots chan struct{}
	bytes *semaphore.Weighted
	// strangers bounds what is read before it is known who sends it.
	strangers *semaphore.Weighted
	// memory knows the signed requests that were taken.
	memory *sign.Memory
}

// New returns the door.
func New(o Options) *Handler {
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.MaxGroup == 0 {
		o.MaxGroup = DefaultMaxGroup
	}
	if o.MaxRequests == 0 {
		o.MaxRequests = DefaultMaxRequests
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Overloaded == nil {
		o.Overloaded = func() bool { return false }
	}
	return &Handler{
		o: o, slots: make(chan struct{}, o.MaxRequests), bytes: semaphore.NewWeighted(int64(o.MaxBytes)),
		strangers: semaphore.NewWeighted(int64(o.MaxBytes / strangersShare)), memory: sign.NewMemory(o.Now),
	}
}

// strangersShare is the part of requests, and of their bytes, that may come from
// senders who are not known before their body is read.
const strangersShare = 4

// Register adds the door's routes to a mux.
func (h *Handler) Register(mux *http.ServeMux) {
	own := map[string]dialect{}
	for _, d := range dialects() {
		if _, ok := own[d.source]; !ok {
			own[d.source] = d
		}
		if d.path != "" {
			mux.HandleFunc("POST "+d.path, h.serve(d))
			mux.HandleFunc("POST /hooks/"+d.source+"/{token}"+d.path, h.serve(d))
		}
		if d.handshake != nil {
			mux.HandleFunc("OPTIONS /hooks/"+d.source, h.greet(d))
			mux.HandleFunc("OPTIONS /hooks/"+d.source+"/{token}", h.greet(d))
		}
	}
	named := func(w http.ResponseWriter, r *http.Request) {
		d, ok := own[r.PathValue("source")]
		if !ok {
			d = plainly(r.PathValue("source"))
		}
		h.serve(d)(w, r)
	}
	mux.HandleFunc("PUT /hooks/{source}/{token}", named) // Grafana can be told to
	mux.HandleFunc("POST /hooks/{source}/{token}", named)
	mux.HandleFunc("POST /hooks/{source}", named)
	mux.HandleFunc("POST /try/{source}", h.try)
	mux.HandleFunc("POST /try/{source}/{token}", h.try)
	mux.HandleFunc("GET /signals", h.unread)
	mux.HandleFunc("GET /signals/{id}", h.evidence)
	h.registerOpsgenie(mux)
	h.registerOpsgenieReads(mux)
	h.registerHeartbeats(mux)
	mux.HandleFunc("POST /signals/{id}/replay", h.replay)
}

func (h *Handler) serve(d dialect) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, refusal := h.admit(w, r, d)
		if refusal == nil {
			h.o.Metrics.accepted(d.source)
		}
		if refusal == nil || refusal.kept && d.shrugs {
			d.accept(w, key)
			return
		}
		if !refusal.kept {
			h.o.Metrics.refused(refusal.reason)
		}
		if refusal.status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "5")
		}
		d.refuse(w, refusal.status, refusal.message)
	}
}

// refusal is an answer that is no acceptance.
type refusal struct {
	status          int
	reason, message string
	// kept is true when the request is stored all the same.
	kept bool
}

// temporary is true when the same request may be accepted later.
func (r *refusal) temporary() bool { return r.status == http.StatusServiceUnavailable }

func later(reason, message string) *refusal {
	return &refusal{status: http.StatusServiceUnavailable, reason: reason, message: message}
}

// admit stores the request, or says why not. It returns the key by which its sender
// may name what it sent.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request, d dialect) (key string, refused *refusal) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return "", later("busy", "too many requests at once: send it again")
	}
	from, ok := h.o.Sources.Find(d.source)
	if !ok {
		return "", &refusal{status: http.StatusNotFound, reason: "no_such_door", message: fmt.Sprintf("there is no door %.40q", d.source)}
	}
	who, refused := h.meet(r, d)
	if refused != nil {
		return "", refused
	}
	if h.o.Overloaded() {
		return "", later("overloaded", "too much waits to be handled: send it again")
	}
	most := h.most(from)
	release, ok := h.take(r, who.stranger(), most)
	if !ok {
		return "", later("busy", "too much at once: send it again")
	}
	defer release()
	body, refused := h.read(w, r, most)
	if refused != nil {
		return "", refused
	}
	signal := &signalv1.RawSignal{Source: d.source, ContentType: contentType(r), Principal: who.principal, Body: body, Headers: d.headers(r)}
	if who.signs() {
		return h.admitSigned(r, d, from, who.sender, signal)
	}
	token := d.hide(signal)
	if who.stranger() {
		if signal.Principal, refused = h.authenticate(r, "Bearer "+token); refused != nil {
			return "", refused
		}
	}
	return h.keepAll(r, from, signal)
}

// keep stores a signal, and says whether it can be read.
func (h *Handler) keep(r *http.Request, from source.Source, signal *signalv1.RawSignal) (key string, refused *refusal) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", later("not_stored", "the request could not be stored: send it again")
	}
	signal.Id, signal.ReceivedAtUs = id.String(), h.o.Now().UnixMicro()
	batch, err := from.Parse(source.SignalOf(signal)) // of what is stored, as it is read later
	if err != nil {
		return "", h.setAside(r, signal, err)
	}
	return batch.Key, h.store(r, signal)
}

func (h *Handler) authenticate(r *http.Request, authorization string) (string, *refusal) {
	principal, err := h.o.Accounts.Authenticate(r.Context(), authorization)
	switch {
	case errors.Is(err, auth.ErrStale):
		return "", later("accounts_stale", err.Error())
	case err != nil:
		return "", &refusal{status: http.StatusUnauthorized, reason: "unauthorized", message: err.Error()}
	case !principal.Has(authv1.AccountRole_ACCOUNT_ROLE_RESPONDER):
		return "", &refusal{status: http.StatusForbidden, reason: "forbidden", message: "this token may only read: use one with the role responder"}
	}
	return principal.ID, nil
}

func (h *Handler) store(r *http.Request, signal *signalv1.RawSignal) *refusal {
	return h.put(propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header)), signal)
}

// put stores a signal in the trace of ctx.
func (h *Handler) put(ctx context.Context, signal *signalv1.RawSignal) *refusal {
	ctx, span := h.o.Tracer.Start(ctx, "intake.receive", trace.WithSpanKind(trace.SpanKindServer))
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, patience(signal.GetSource()))
	defer cancel()
	if err := pointReceived.Hit(ctx); err != nil {
		return later("not_stored", "the request could not be stored: send it again")
	}
	signal.TraceParent = telemetry.TraceParent(ctx)
	err := h.o.Signals.Put(ctx, signal)
	switch {
	case errors.Is(err, signals.ErrTooLarge):
		return &refusal{status: http.StatusRequestEntityTooLarge, reason: "too_large", message: "the body is too large: set max_alerts in the sender"}
	case errors.Is(err, signals.ErrFull):
		return later("overloaded", "too much waits to be handled: send it again")
	case errors.Is(err, signals.ErrRepeated):
		h.o.Metrics.repeated(signal.GetSource()) // another process took it, or this one before it died
		return nil
	case err == nil:
		err = pointStored.Hit(ctx)
	}
	if err != nil {
		span.RecordError(err)
		h.o.Logger.WarnContext(ctx, "signal refused", "source", signal.GetSource(), "error", err)
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
