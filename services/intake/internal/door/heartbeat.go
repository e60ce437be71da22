package door

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
)

// Heartbeats takes pings and knows how heartbeats are. What it returns is said at
// [beats.Desk].
type Heartbeats interface {
	Ping(ctx context.Context, name, by string) error
	One(ctx context.Context, name string) (beats.Status, error)
	List(ctx context.Context) ([]beats.Status, error)
	Create(ctx context.Context, by *signalv1.HeartbeatCaller, name string, spec *catalogv1.HeartbeatSpec) (beats.Status, error)
	Update(ctx context.Context, changes *beats.Changes) (beats.Status, error)
	Delete(ctx context.Context, by *signalv1.HeartbeatCaller, name string) error
}

// heartbeatDoor is where heartbeats ping.
const heartbeatDoor = "/hooks/" + heartbeat.Kind

// registerHeartbeats adds the door for pings, the list of heartbeats, and Opsgenie's
// Heartbeat API.
func (h *Handler) registerHeartbeats(mux *http.ServeMux) {
	if h.o.Heartbeats == nil {
		return
	}
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} { // GET has HEAD, too
		mux.HandleFunc(method+" "+heartbeatDoor+"/{token}/{name}", h.ping)
		mux.HandleFunc(method+" "+heartbeatDoor+"/{name}", h.ping)
	}
	h.registerOpsgenieHeartbeats(mux)
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
	err := beats.ErrUnknown
	if h.o.Heartbeats != nil {
		err = h.o.Heartbeats.Ping(ctx, name, by)
	}
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
