package door

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
)

// opsgenieHeartbeats is where the Heartbeat API has its heartbeats.
const opsgenieHeartbeats = "/v2/heartbeats"

// maxBeatBody bounds a request about a heartbeat, in bytes.
const maxBeatBody = 64 << 10

// registerOpsgenieHeartbeats adds Opsgenie's Heartbeat API. Source: Opsgenie's published
// description of it, version 2.
func (h *Handler) registerOpsgenieHeartbeats(mux *http.ServeMux) {
	for _, own := range []string{"", "/hooks/opsgenie/{token}"} {
		all, one := own+opsgenieHeartbeats, own+opsgenieHeartbeats+"/{name}"
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
			mux.HandleFunc(method+" "+one+"/ping", h.ask(h.opsgeniePing))
		}
		mux.HandleFunc("GET "+all, h.ask(h.opsgenieHeartbeats))
		mux.HandleFunc("GET "+one, h.ask(h.opsgenieHeartbeat))
		mux.HandleFunc("POST "+all, h.ask(h.opsgenieCreate))
		mux.HandleFunc("PATCH "+one, h.ask(h.opsgenieUpdate))
		mux.HandleFunc("DELETE "+one, h.ask(h.opsgenieDelete))
		mux.HandleFunc("POST "+one+"/enable", h.ask(h.opsgenieSwitch(true)))
		mux.HandleFunc("POST "+one+"/disable", h.ask(h.opsgenieSwitch(false)))
	}
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
	if err != nil {
		return notBeat(err)
	}
	return opsgenieAnswer{data: opsgenieBeat(s)}, nil
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
	interval, unit := opsgenieInterval(s.Expected.Interval)
	data := map[string]any{
		"name": s.Name, "description": s.Description, "interval": interval, "intervalUnit": unit, "enabled": !s.Expected.Disabled,
		"expired": s.State == heartbeat.Missing,
	}
	if !s.Last.IsZero() {
		data["lastPingTime"] = s.Last.UTC().Format(time.RFC3339Nano)
	}
	return data
}

// opsgenieInterval is how often something is expected, in the largest unit that says it.
func opsgenieInterval(d time.Duration) (n int64, unit string) {
	const day = 24 * time.Hour
	switch {
	case d%day == 0:
		return int64(d / day), "days"
	case d%time.Hour == 0:
		return int64(d / time.Hour), "hours"
	}
	return int64((d + time.Minute - 1) / time.Minute), "minutes"
}

// opsgenieBeatBody is what a request says of a heartbeat. What is absent is not said.
type opsgenieBeatBody struct {
	Name          string                 `json:"name"`
	Description   *string                `json:"description"`
	Interval      *int64                 `json:"interval"`
	IntervalUnit  string                 `json:"intervalUnit"`
	Enabled       *bool                  `json:"enabled"`
	OwnerTeam     *struct{ Name string } `json:"ownerTeam"`
	AlertMessage  string                 `json:"alertMessage"`
	AlertTags     []string               `json:"alertTags"`
	AlertPriority string                 `json:"alertPriority"`
}

// readBeat reads the body of a request; the message says what is wrong.
func readBeat(r *http.Request) (b opsgenieBeatBody, status int, message string) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBeatBody+1))
	if err != nil || len(raw) > maxBeatBody {
		return b, http.StatusRequestEntityTooLarge, "the body did not arrive whole, or is too large for a heartbeat"
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, http.StatusBadRequest, "the body is no JSON of a heartbeat"
	}
	switch {
	case b.IntervalUnit != "" && b.unit() == 0:
		return b, http.StatusUnprocessableEntity, "intervalUnit has to be minutes, hours or days"
	case b.AlertPriority != "" && !slices.Contains([]string{"P1", "P2", "P3", "P4", "P5"}, b.AlertPriority):
		return b, http.StatusUnprocessableEntity, "alertPriority has to be P1, P2, P3, P4 or P5"
	}
	return b, 0, ""
}

// unit is that of the interval; 0 for none that there is.
func (b *opsgenieBeatBody) unit() time.Duration {
	switch b.IntervalUnit {
	case "minutes":
		return time.Minute
	case "hours":
		return time.Hour
	case "days":
		return 24 * time.Hour
	}
	return 0
}

// every is how often something is to be expected; false when that is too often or too
// seldom. n and unit stand in for what is not said.
func (b *opsgenieBeatBody) every(n int64, unit string) (time.Duration, bool) {
	if b.Interval != nil {
		n = *b.Interval
	}
	if b.IntervalUnit == "" {
		b.IntervalUnit = unit
	}
	const longest = 366 * 24 * time.Hour
	if n < 1 || n > int64(longest/b.unit()) {
		return 0, false
	}
	return time.Duration(n) * b.unit(), true
}

// badInterval is the refusal of an interval that is none.
func badInterval() opsgenieAnswer {
	return opsgenieAnswer{status: http.StatusUnprocessableEntity, message: "interval has to be at least 1, and at most 366 days"}
}

// callerOf is who asks, as the write side needs to know it.
func callerOf(a asker) *signalv1.HeartbeatCaller {
	by := &signalv1.HeartbeatCaller{Token: a.Token}
	if a.sender != a.ID {
		by.Sender = a.sender
	}
	return by
}

// opsgenieCreate answers POST /v2/heartbeats. What the alert is to say becomes its title
// and the labels priority, tags and team, by which routes take it.
func (h *Handler) opsgenieCreate(r *http.Request, caller asker) (opsgenieAnswer, error) {
	b, code, message := readBeat(r)
	switch {
	case code != 0:
	case b.Name == "" || b.Interval == nil || b.IntervalUnit == "":
		code, message = http.StatusUnprocessableEntity, "name, interval and intervalUnit are needed"
	}
	if code != 0 {
		return opsgenieAnswer{status: code, message: message}, nil
	}
	interval, ok := b.every(0, "")
	if !ok {
		return badInterval(), nil
	}
	spec := &catalogv1.HeartbeatSpec{
		Interval: durationpb.New(interval), Disabled: b.Enabled != nil && !*b.Enabled,
		Message: strings.TrimSpace(b.AlertMessage), Labels: map[string]string{},
	}
	if b.Description != nil {
		spec.Description = *b.Description
	}
	labels := map[string]string{"priority": b.AlertPriority, "tags": strings.Join(b.AlertTags, ",")}
	if b.OwnerTeam != nil {
		labels["team"] = b.OwnerTeam.Name
	}
	for name, value := range labels {
		if value != "" {
			spec.Labels[name] = value
		}
	}
	s, err := h.o.Heartbeats.Create(r.Context(), callerOf(caller), b.Name, spec)
	if err != nil {
		return notBeat(err)
	}
	return opsgenieAnswer{data: opsgenieBeat(s), code: http.StatusCreated}, nil
}

// opsgenieUpdate answers PATCH /v2/heartbeats/{name}. Of an interval that is said by halves
// the other half stays.
func (h *Handler) opsgenieUpdate(r *http.Request, caller asker) (opsgenieAnswer, error) {
	b, code, message := readBeat(r)
	if code != 0 {
		return opsgenieAnswer{status: code, message: message}, nil
	}
	changes := &beats.Changes{Caller: callerOf(caller), Name: r.PathValue("name"), Description: b.Description}
	if b.Enabled != nil {
		disabled := !*b.Enabled
		changes.Disabled = &disabled
	}
	if b.Interval != nil || b.IntervalUnit != "" {
		have, err := h.o.Heartbeats.One(r.Context(), changes.GetName())
		if err != nil {
			return notBeat(err)
		}
		interval, ok := b.every(opsgenieInterval(have.Expected.Interval))
		if !ok {
			return badInterval(), nil
		}
		changes.Interval = durationpb.New(interval)
	}
	return h.opsgenieChanged(r, changes)
}

// opsgenieSwitch answers POST /v2/heartbeats/{name}/enable and disable.
func (h *Handler) opsgenieSwitch(on bool) func(*http.Request, asker) (opsgenieAnswer, error) {
	return func(r *http.Request, caller asker) (opsgenieAnswer, error) {
		off := !on
		return h.opsgenieChanged(r, &beats.Changes{Caller: callerOf(caller), Name: r.PathValue("name"), Disabled: &off})
	}
}

// opsgenieChanged answers with what a change left.
func (h *Handler) opsgenieChanged(r *http.Request, changes *beats.Changes) (opsgenieAnswer, error) {
	s, err := h.o.Heartbeats.Update(r.Context(), changes)
	if err != nil {
		return notBeat(err)
	}
	return opsgenieAnswer{data: map[string]any{"name": s.Name, "enabled": !s.Expected.Disabled, "expired": s.State == heartbeat.Missing}}, nil
}

// opsgenieDelete answers DELETE /v2/heartbeats/{name}.
func (h *Handler) opsgenieDelete(r *http.Request, caller asker) (opsgenieAnswer, error) {
	if err := h.o.Heartbeats.Delete(r.Context(), callerOf(caller), r.PathValue("name")); err != nil {
		return notBeat(err)
	}
	return opsgenieAnswer{status: http.StatusOK, message: "Deleted", request: uuid.NewString()}, nil
}

// notBeat says in the words of the API why a heartbeat was not read or changed. What may
// go well later is an error.
func notBeat(err error) (opsgenieAnswer, error) {
	if errors.Is(err, beats.ErrUnknown) {
		return opsgenieAnswer{status: http.StatusNotFound, message: err.Error()}, nil
	}
	said := status.Convert(err)
	switch said.Code() {
	case codes.NotFound:
		return opsgenieAnswer{status: http.StatusNotFound, message: said.Message()}, nil
	case codes.PermissionDenied:
		return opsgenieAnswer{status: http.StatusForbidden, message: said.Message()}, nil
	case codes.InvalidArgument, codes.AlreadyExists, codes.FailedPrecondition:
		return opsgenieAnswer{status: http.StatusUnprocessableEntity, message: said.Message()}, nil
	default:
		return opsgenieAnswer{}, err
	}
}

// opsgenieDone answers a request that was carried out.
func opsgenieDone(w http.ResponseWriter, status int, result, request string, began time.Time) {
	w.Header().Set("X-Request-Id", request)
	answerJSON(w, status, map[string]any{"result": result, "took": time.Since(began).Seconds(), "requestId": request})
}
