package door

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
)

// Heartbeats takes pings and knows how heartbeats are. What it returns is said at
// [beats.Desk].
type Heartbeats interface {
	Ping(ctx context.Context, name, by string) error
	One(ctx context.Context, name string) (beats.Status, error)
	List(ctx context.Context) ([]beats.Status, error)
}

// Addresses of heartbeats.
const (
	heartbeatDoor      = "/hooks/" + heartbeat.Kind
	opsgenieHeartbeats = "/v2/heartbeats"
)

// registerHeartbeats adds the door for pings, the list of heartbeats, and the part of
// Opsgenie's Heartbeat API that pings and asks.
func (h *Handler) registerHeartbeats(mux *http.ServeMux) {
	if h.o.Heartbeats == nil {
		return
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} { // GET has HEAD, too
		mux.HandleFunc(method+" "+heartbeatDoor+"/{token}/{name}", h.ping)
		mux.HandleFunc(method+" "+heartbeatDoor+"/{name}", h.ping)
		for _, own := range []string{"", "/hooks/opsgenie/{token}"} {
			mux.HandleFunc(method+" "+own+opsgenieHeartbeats+"/{name}/ping", h.ask(h.opsgeniePing))
		}
	}
	for _, own := range []string{"", "/hooks/opsgenie/{token}"} {
		mux.HandleFunc("GET "+own+opsgenieHeartbeats+"/{name}", h.ask(h.opsgenieHeartbeat))
		mux.HandleFunc("GET "+own+opsgenieHeartbeats, h.ask(h.opsgenieHeartbeats))
	}
	mux.HandleFunc("GET /heartbeats", h.heartbeats)
}

// ping takes a ping. Whatever its body says is not read: a job may send what it likes.
func (h *Handler) ping(w http.ResponseWriter, r *http.Request) {
	authorization := r.Header.Get("Authorization")
	if token := r.PathValue("token"); token != "" {
		authorization = "Bearer " + token
	}
	d := plainly(heartbeat.Kind)
	by, refused := h.authenticate(r, authorization)
	if refused != nil {
		h.o.Metrics.refused(refused.reason)
	} else if refused = h.beat(r.Context(), r.PathValue("name"), by); refused == nil {
		d.accept(w, "")
		return
	}
	if refused.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	d.refuse(w, refused.status, refused.message)
}

// beat keeps a ping, or says why not, and counts it.
func (h *Handler) beat(ctx context.Context, name, by string) *refusal {
	refused := h.keepBeat(ctx, name, by)
	if refused != nil {
		h.o.Metrics.refused(refused.reason)
		return refused
	}
	h.o.Metrics.accepted(heartbeat.Kind)
	return nil
}

func (h *Handler) keepBeat(ctx context.Context, name, by string) *refusal {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return later("busy", "too many requests at once: send it again")
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := h.o.Heartbeats.Ping(ctx, name, by)
	switch {
	case errors.Is(err, beats.ErrUnknown):
		return &refusal{status: http.StatusNotFound, reason: "no_such_heartbeat", message: err.Error()}
	case errors.Is(err, auth.ErrStale):
		return later("accounts_stale", err.Error())
	case err != nil:
		h.o.Logger.WarnContext(ctx, "ping refused", "heartbeat", name, "error", err)
		return later("not_stored", "the ping could not be stored: send it again")
	}
	return nil
}

// heartbeatRow is one heartbeat of the list. The form is stable.
type heartbeatRow struct {
	Name         string     `json:"name"`
	ID           string     `json:"id"`
	State        string     `json:"state"`
	Interval     string     `json:"interval"`
	Grace        string     `json:"grace"`
	LastPingTime *time.Time `json:"last_ping_time,omitempty"`
	DueTime      *time.Time `json:"due_time,omitempty"`
	Service      string     `json:"service,omitempty"`
	Description  string     `json:"description,omitempty"`
}

// heartbeats answers whoever may read with how all heartbeats are.
func (h *Handler) heartbeats(w http.ResponseWriter, r *http.Request) {
	principal, err := h.o.Accounts.Authenticate(r.Context(), r.Header.Get("Authorization"))
	switch {
	case errors.Is(err, auth.ErrStale):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	case !principal.Has(authv1.AccountRole_ACCOUNT_ROLE_VIEWER):
		http.Error(w, "this token may not read: use one with the role viewer", http.StatusForbidden)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), storeTimeout)
	defer cancel()
	list, err := h.o.Heartbeats.List(ctx)
	if err != nil {
		h.o.Logger.WarnContext(ctx, "heartbeats not listed", "error", err)
		http.Error(w, "heartbeats cannot be read now: try again", http.StatusServiceUnavailable)
		return
	}
	rows := []heartbeatRow{}
	for _, s := range list {
		rows = append(rows, heartbeatRow{
			Name: s.Name, ID: s.ID, State: string(s.State), Interval: s.Expected.Interval.String(), Grace: s.Expected.Grace.String(),
			LastPingTime: present(s.Last), DueTime: present(s.Due), Service: s.Service, Description: s.Description,
		})
	}
	answerJSON(w, http.StatusOK, map[string]any{"heartbeats": rows})
}

func present(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// opsgeniePing answers /v2/heartbeats/{name}/ping.
func (h *Handler) opsgeniePing(r *http.Request, caller asker) (opsgenieAnswer, error) {
	if refused := h.beat(r.Context(), r.PathValue("name"), caller.ID); refused != nil {
		return opsgenieAnswer{status: refused.status, message: refused.message}, nil
	}
	id := uuid.NewString()
	return opsgenieAnswer{status: http.StatusAccepted, message: "PONG - Heartbeat received", request: id}, nil
}

// opsgenieHeartbeat answers GET /v2/heartbeats/{name}.
func (h *Handler) opsgenieHeartbeat(r *http.Request, _ asker) (opsgenieAnswer, error) {
	s, err := h.o.Heartbeats.One(r.Context(), r.PathValue("name"))
	if errors.Is(err, beats.ErrUnknown) {
		return opsgenieAnswer{status: http.StatusNotFound, message: err.Error()}, nil
	}
	return opsgenieAnswer{data: opsgenieBeat(s)}, err
}

// opsgenieHeartbeats answers GET /v2/heartbeats.
func (h *Handler) opsgenieHeartbeats(r *http.Request, _ asker) (opsgenieAnswer, error) {
	list, err := h.o.Heartbeats.List(r.Context())
	rows := []map[string]any{}
	for _, s := range list {
		rows = append(rows, opsgenieBeat(s))
	}
	return opsgenieAnswer{data: map[string]any{"heartbeats": rows}}, err
}

// opsgenieBeat is a heartbeat in the words of the API, whose smallest unit is a minute.
func opsgenieBeat(s beats.Status) map[string]any {
	interval, unit := int64((s.Expected.Interval+time.Minute-1)/time.Minute), "minutes"
	switch {
	case s.Expected.Interval%(24*time.Hour) == 0:
		interval, unit = interval/(24*60), "days"
	case s.Expected.Interval%time.Hour == 0:
		interval, unit = interval/60, "hours"
	}
	data := map[string]any{
		"name": s.Name, "description": s.Description, "interval": interval, "intervalUnit": unit, "enabled": !s.Expected.Disabled,
		"expired": s.State == heartbeat.Missing,
	}
	if !s.Last.IsZero() {
		data["lastPingTime"] = s.Last.UTC().Format(time.RFC3339Nano)
	}
	return data
}

// opsgenieDone answers a request that was carried out.
func opsgenieDone(w http.ResponseWriter, status int, result, request string, began time.Time) {
	w.Header().Set("X-Request-Id", request)
	answerJSON(w, status, map[string]any{"result": result, "took": time.Since(began).Seconds(), "requestId": request})
}
