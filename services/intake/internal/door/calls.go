package door

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// callAgain is when a caller that was refused for now may try again.
const callAgain = 5 * time.Second

// Calls implements signalv1.SignalServiceServer: what is sent over gRPC is stored as a
// signal before it is answered, within the same bounds as what comes to the doors over
// HTTP. The zero Calls refuses everything for now, until [Calls.Open].
type Calls struct {
	signalv1.UnimplementedSignalServiceServer

	handler atomic.Pointer[Handler]
}

// Open lets calls in, to be kept by h.
func (c *Calls) Open(h *Handler) { c.handler.Store(h) }

// Close lets no more calls in.
func (c *Calls) Close() { c.handler.Store(nil) }

// SendAlerts implements signalv1.SignalServiceServer.
func (c *Calls) SendAlerts(ctx context.Context, r *signalv1.SendAlertsRequest) (*signalv1.SendAlertsResponse, error) {
	for i, a := range r.GetAlerts() {
		if err := datedSent(fmt.Sprintf("alerts[%d]", i), a.GetStartedTime(), a.GetEndedTime()); err != nil {
			return nil, err
		}
	}
	id, err := c.take(ctx, "alerts", &signalv1.Sent{Alerts: r.GetAlerts()})
	return &signalv1.SendAlertsResponse{SignalId: id}, err
}

// SendChanges implements signalv1.SignalServiceServer.
func (c *Calls) SendChanges(ctx context.Context, r *signalv1.SendChangesRequest) (*signalv1.SendChangesResponse, error) {
	keys := make(map[string]bool, len(r.GetChanges()))
	for i, one := range r.GetChanges() {
		where := fmt.Sprintf("changes[%d]", i)
		if err := datedSent(where, one.GetStartedTime(), one.GetEndedTime()); err != nil {
			return nil, err
		}
		if keys[one.GetKey()] {
			return nil, rpc.InvalidField(where+".key", "repeated", where+".key is there twice: send the later report in a call of its own")
		}
		keys[one.GetKey()] = true
	}
	id, err := c.take(ctx, "changes", &signalv1.Sent{Changes: r.GetChanges()})
	return &signalv1.SendChangesResponse{SignalId: id}, err
}

// RecordHeartbeat implements signalv1.SignalServiceServer.
func (c *Calls) RecordHeartbeat(ctx context.Context, r *signalv1.RecordHeartbeatRequest) (*signalv1.RecordHeartbeatResponse, error) {
	h := c.handler.Load()
	if h == nil {
		return nil, notNow("not_ready", "intake is starting or stopping: call again")
	}
	caller, _ := auth.FromContext(ctx)
	refused := h.beat(ctx, r.GetHeartbeat(), caller.ID)
	switch {
	case refused == nil:
		return &signalv1.RecordHeartbeatResponse{}, nil
	case refused.status == http.StatusNotFound:
		return nil, &rpc.Refusal{Code: codes.NotFound, Reason: refused.reason, Field: "heartbeat", Message: refused.message}
	}
	return nil, refused.forNow()
}

// forNow is a refusal of what may be accepted later.
func (r *refusal) forNow() error {
	if r.reason == "overloaded" || r.reason == "busy" {
		return &rpc.Refusal{Code: codes.ResourceExhausted, Reason: r.reason, Message: r.message, RetryAfter: callAgain}
	}
	return notNow(r.reason, r.message)
}

// take stores what a call brought in one of its fields, and returns the signal's id.
func (c *Calls) take(ctx context.Context, field string, sent *signalv1.Sent) (id string, err error) {
	h := c.handler.Load()
	if h == nil {
		return "", notNow("not_ready", "intake is starting or stopping: call again")
	}
	from := source.API{}
	id, refused := h.call(ctx, from, sent)
	if refused == nil {
		h.o.Metrics.accepted(from.Name())
		return id, nil
	}
	h.o.Metrics.refused(refused.reason)
	switch {
	case refused.reason == "too_large":
		return "", rpc.InvalidField(field, refused.reason, refused.message)
	case refused.temporary():
		return "", refused.forNow()
	}
	return "", rpc.InvalidField(field, refused.reason, refused.message)
}

// call stores what a call brought, or says why not.
func (h *Handler) call(ctx context.Context, from source.Source, sent *signalv1.Sent) (string, *refusal) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	default:
		return "", later("busy", "too many requests at once: call again")
	}
	if h.o.Overloaded() {
		return "", later("overloaded", "too much waits to be handled: call again")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", later("not_stored", "the call could not be stored: call again")
	}
	body, err := protojson.Marshal(sent)
	if err != nil {
		return "", &refusal{reason: "malformed", message: "it cannot be written as JSON: text has to be UTF-8, times between the years 1 and 9999"}
	}
	if len(body) > h.o.MaxBody {
		return "", &refusal{reason: "too_large", message: fmt.Sprintf("this has %d bytes as JSON and %d are allowed: send fewer at once", len(body), h.o.MaxBody)}
	}
	if !h.bytes.TryAcquire(int64(len(body))) {
		return "", later("busy", "too much at once: call again")
	}
	defer h.bytes.Release(int64(len(body)))
	caller, _ := auth.FromContext(ctx)
	signal := &signalv1.RawSignal{
		Id: id.String(), Source: from.Name(), ReceivedAtUs: h.o.Now().UnixMicro(), ContentType: "application/json", Principal: caller.ID, Body: body,
	}
	if _, err := from.Parse(source.SignalOf(signal)); err != nil {
		return "", &refusal{reason: "malformed", message: err.Error()}
	}
	return signal.GetId(), h.put(ctx, signal)
}

// datedSent wants times that there are.
func datedSent(where string, started, ended *timestamppb.Timestamp) error {
	for _, field := range []struct {
		name string
		time *timestamppb.Timestamp
	}{{where + ".started_time", started}, {where + ".ended_time", ended}} {
		if field.time != nil && field.time.CheckValid() != nil {
			return rpc.InvalidField(field.name, "invalid_time", field.name+" is no time between the years 1 and 9999")
		}
	}
	if started != nil && ended != nil && ended.AsTime().Before(started.AsTime()) {
		field := where + ".ended_time"
		return rpc.InvalidField(field, "ends_before_start", field+" lies before started_time")
	}
	return nil
}

func notNow(reason, message string) error {
	return &rpc.Refusal{Code: codes.Unavailable, Reason: reason, Message: message, RetryAfter: callAgain}
}
