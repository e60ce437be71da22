package door

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Alerts knows from the log what became of what was sent.
type Alerts interface {
	// Latest returns the alert of a fingerprint that is open, or else the one that
	// ended last; the zero State when the caller may see none.
	Latest(ctx context.Context, caller auth.Principal, source, fingerprint string) (alert.State, error)
	// Evidences tells whether a raw signal is evidence of something in its life.
	Evidences(ctx context.Context, of alert.State, signal string) (bool, error)
}

// opsgenieAnswer is an answer of the API to a question, or why there is none.
type opsgenieAnswer struct {
	data    map[string]any
	code    int // of an answer with data; 0: 200
	status  int // 0: data
	message string
	request string // id of one that was carried out; "": refused
}

// asker is who asks what became of what it sent.
type asker struct {
	auth.Principal

	// sender is in whose name it sends: that of a sender, or its own.
	sender string
}

// ask answers a question about what the caller itself has sent.
func (h *Handler) ask(answer func(r *http.Request, caller asker) (opsgenieAnswer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		refuse := opsgenieDialect(began).refuse
		named, refused := h.sender(r, source.Opsgenie{}.Name())
		if refused != nil {
			refuse(w, refused.status, refused.message)
			return
		}
		authorization := genieKey(r.Header.Get("Authorization"))
		if token := r.PathValue("token"); token != "" && named == nil {
			authorization = "Bearer " + token
		}
		principal, err := h.o.Accounts.Authenticate(r.Context(), authorization)
		switch {
		case errors.Is(err, auth.ErrStale):
			refuse(w, http.StatusServiceUnavailable, err.Error())
			return
		case err != nil:
			refuse(w, http.StatusUnauthorized, err.Error())
			return
		case !principal.Has(authv1.AccountRole_ACCOUNT_ROLE_RESPONDER):
			refuse(w, http.StatusForbidden, "this token is not for senders: use one with the role responder")
			return
		}
		caller := asker{Principal: principal, sender: principal.ID}
		if named != nil {
			caller.sender = named.ID
		}
		ctx, cancel := context.WithTimeout(r.Context(), storeTimeout)
		defer cancel()
		found, err := answer(r.WithContext(ctx), caller)
		switch {
		case err != nil:
			h.o.Logger.WarnContext(ctx, "question of a sender not answered", "error", err)
			refuse(w, http.StatusServiceUnavailable, "this cannot be read now: ask again")
		case found.request != "":
			opsgenieDone(w, found.status, found.message, found.request, began)
		case found.status != 0:
			if found.status == http.StatusServiceUnavailable {
				w.Header().Set("Retry-After", "5")
			}
			refuse(w, found.status, found.message)
		default:
			answerJSON(w, cmp.Or(found.code, http.StatusOK), map[string]any{"data": found.data, "took": time.Since(began).Seconds(), "requestId": uuid.NewString()})
		}
	}
}

// opsgenieAlert answers GET /v2/alerts/{identifier}.
func (h *Handler) opsgenieAlert(r *http.Request, caller asker) (opsgenieAnswer, error) {
	key := r.PathValue("identifier")
	state, err := h.o.Alerts.Latest(r.Context(), caller.Principal, source.Opsgenie{}.Name(), source.OpsgenieFingerprint(caller.sender, key))
	if err != nil || !state.Began() {
		return opsgenieAnswer{status: http.StatusNotFound, message: "there is no alert with this alias, or it ended long ago"}, err
	}
	fired := state.Fired
	data := map[string]any{
		"id": key, "alias": key, "message": fired.Title, "status": "open", "acknowledged": state.IsAcknowledged(),
		"createdAt": fired.StartsAt.Format(time.RFC3339Nano), "updatedAt": time.UnixMicro(state.Head.RecordedAtMicros).UTC().Format(time.RFC3339Nano),
		"priority": fired.Labels["priority"], "entity": fired.Labels["entity"], "source": fired.Labels["source"],
		"description": fired.Annotations["description"], "details": fired.Labels, "tags": []string{},
	}
	if state.Ended() {
		data["status"] = "closed"
	}
	if tags := fired.Labels["tags"]; tags != "" {
		data["tags"] = strings.Split(tags, ",")
	}
	return opsgenieAnswer{data: data}, nil
}

// opsgenieRequest answers GET /v2/alerts/requests/{id}: what a request of the caller's
// led to, as far as the log says so.
func (h *Handler) opsgenieRequest(r *http.Request, caller asker) (opsgenieAnswer, error) {
	none := opsgenieAnswer{status: http.StatusNotFound, message: "there is no such request, or it has not led to anything yet"}
	id := r.PathValue("identifier")
	signal, err := h.o.Signals.Find(r.Context(), id)
	if errors.Is(err, signals.ErrNotFound) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	if signal.GetPrincipal() != caller.sender || signal.GetSource() != (source.Opsgenie{}).Name() {
		return none, nil
	}
	action, key, ok := source.OpsgenieAction(source.SignalOf(signal))
	if !ok {
		return none, nil
	}
	state, err := h.o.Alerts.Latest(r.Context(), caller.Principal, signal.GetSource(), source.OpsgenieFingerprint(caller.sender, key))
	if err != nil || !state.Began() {
		return none, err
	}
	// A create of what is open repeats it, and leaves nothing else behind.
	led := action == "create" && !state.Ended() && state.Fired.SignalID <= id
	if !led {
		if led, err = h.o.Alerts.Evidences(r.Context(), state, id); err != nil || !led {
			return none, err
		}
	}
	status := map[string]string{"create": "Created alert", "close": "Closed alert", "acknowledge": "Acknowledged alert", "notes": "Added note"}[action]
	return opsgenieAnswer{data: map[string]any{
		"success": true, "isSuccess": true, "action": strings.ToUpper(action[:1]) + action[1:], "status": status, "alertId": key, "alias": key,
		"processedAt": time.UnixMicro(state.Head.RecordedAtMicros).UTC().Format(time.RFC3339Nano),
	}}, nil
}

// registerOpsgenieReads adds the questions that the API answers.
func (h *Handler) registerOpsgenieReads(mux *http.ServeMux) {
	if h.o.Alerts == nil {
		return
	}
	for _, own := range []string{"", "/hooks/opsgenie/{token}"} {
		mux.HandleFunc("GET "+own+source.OpsgeniePath+"/{identifier}", h.ask(h.opsgenieAlert))
		mux.HandleFunc("GET "+own+source.OpsgeniePath+"/requests/{identifier}", h.ask(h.opsgenieRequest))
	}
}
