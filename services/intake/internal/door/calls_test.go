package door_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// opened are calls that keep what they bring in a store.
func opened(store signals.Store, change func(*door.Options)) *door.Calls {
	o := door.Options{
		Sources: source.NewCatalog(source.All()...), Signals: store, Accounts: accounts{}, MaxBody: 4096,
		Metrics: door.NewMetrics(prometheus.NewRegistry()), Logger: slog.New(slog.DiscardHandler),
		Tracer: noop.NewTracerProvider().Tracer(""), Now: time.Now,
	}
	if change != nil {
		change(&o)
	}
	calls := &door.Calls{}
	calls.Open(door.New(o))
	return calls
}

func machine(t *testing.T) context.Context {
	return auth.NewContext(t.Context(), auth.Principal{ID: "machine"})
}

func sentDisk() *signalv1.SendAlertsRequest {
	return &signalv1.SendAlertsRequest{Alerts: []*signalv1.SentAlert{{
		Fingerprint: "disk", State: signalv1.SentAlertState_SENT_ALERT_STATE_FIRING, Title: "The disk is full", Labels: map[string]string{"service": "checkout"},
	}}}
}

// refusedAs wants a call to be refused for a reason, and says when to call again where
// that helps.
func refusedAs(t *testing.T, err error, code codes.Code, reason, field string) {
	t.Helper()
	var r *rpc.Refusal
	if !errors.As(err, &r) || r.Code != code || r.Reason != reason || r.Field != field {
		t.Fatalf("got %#v, want %v %s of %q", err, code, reason, field)
	}
	if again := code == codes.ResourceExhausted || code == codes.Unavailable; (r.RetryAfter > 0) != again {
		t.Errorf("call again after %v", r.RetryAfter)
	}
}

func TestACallIsStoredBeforeItIsAnswered(t *testing.T) {
	store := &memory.Store{}
	calls := opened(store, nil)
	alerts, err := calls.SendAlerts(machine(t), sentDisk())
	if err != nil {
		t.Fatal(err)
	}
	changes, err := calls.SendChanges(machine(t), &signalv1.SendChangesRequest{Changes: []*signalv1.SentChange{{
		Key: "42", Title: "checkout 1.4", Outcome: signalv1.ChangeOutcome_CHANGE_OUTCOME_SUCCEEDED, EndedTime: timestamppb.Now(),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int{alerts.GetSignalId(): 1, changes.GetSignalId(): 0} {
		kept, err := store.Find(t.Context(), id)
		if err != nil || kept.GetPrincipal() != "machine" || kept.GetSource() != "api" {
			t.Fatalf("kept %v, %v", kept, err)
		}
		batch, err := source.API{}.Parse(source.SignalOf(kept))
		if err != nil || len(batch.Alerts) != want || len(batch.Changes) != 1-want {
			t.Errorf("it says %+v, %v", batch, err)
		}
	}
}

func TestCallsAreRefused(t *testing.T) {
	full := func(o *door.Options) { o.Overloaded = func() bool { return true } }
	large := sentDisk()
	large.Alerts[0].Description = strings.Repeat("x", 5000)
	_, err := opened(&memory.Store{}, full).SendAlerts(machine(t), sentDisk())
	refusedAs(t, err, codes.ResourceExhausted, "overloaded", "")
	_, err = opened(&memory.Store{}, func(o *door.Options) { o.MaxBytes = 8 }).SendAlerts(machine(t), sentDisk())
	refusedAs(t, err, codes.ResourceExhausted, "busy", "")
	_, err = opened(&memory.Store{}, nil).SendAlerts(machine(t), large)
	refusedAs(t, err, codes.InvalidArgument, "too_large", "alerts")
	_, err = opened(away{&memory.Store{}}, nil).SendAlerts(machine(t), sentDisk())
	refusedAs(t, err, codes.Unavailable, "not_stored", "")
	_, err = (&door.Calls{}).SendAlerts(machine(t), sentDisk())
	refusedAs(t, err, codes.Unavailable, "not_ready", "")
	closed := opened(&memory.Store{}, nil)
	closed.Close()
	_, err = closed.SendAlerts(machine(t), sentDisk())
	refusedAs(t, err, codes.Unavailable, "not_ready", "")
}

func TestCallsNameTheField(t *testing.T) {
	calls, at := opened(&memory.Store{}, nil), timestamppb.Now()
	never := sentDisk()
	never.Alerts[0].StartedTime = &timestamppb.Timestamp{Seconds: 1 << 60}
	_, err := calls.SendAlerts(machine(t), never)
	refusedAs(t, err, codes.InvalidArgument, "invalid_time", "alerts[0].started_time")
	ended := sentDisk()
	ended.Alerts[0].StartedTime, ended.Alerts[0].EndedTime = at, timestamppb.New(at.AsTime().Add(-time.Second))
	_, err = calls.SendAlerts(machine(t), ended)
	refusedAs(t, err, codes.InvalidArgument, "ends_before_start", "alerts[0].ended_time")
	one := &signalv1.SentChange{Key: "1", Title: "one", Outcome: signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED}
	_, err = calls.SendChanges(machine(t), &signalv1.SendChangesRequest{Changes: []*signalv1.SentChange{one, one}})
	refusedAs(t, err, codes.InvalidArgument, "repeated", "changes[1].key")
}

// beating are heartbeats of which one is known.
type beating struct {
	door.Heartbeats

	pinged []string
	err    error
}

func (b *beating) Ping(_ context.Context, name, by string) error {
	if name != "nightly" {
		return beats.ErrUnknown
	}
	b.pinged = append(b.pinged, name+" by "+by)
	return b.err
}

func TestACallPings(t *testing.T) {
	known := &beating{}
	with := func(o *door.Options) { o.Heartbeats = known }
	request := &signalv1.RecordHeartbeatRequest{Heartbeat: "nightly"}
	if _, err := opened(&memory.Store{}, with).RecordHeartbeat(machine(t), request); err != nil || len(known.pinged) != 1 || known.pinged[0] != "nightly by machine" {
		t.Errorf("pinged %q, %v", known.pinged, err)
	}
	_, err := opened(&memory.Store{}, with).RecordHeartbeat(machine(t), &signalv1.RecordHeartbeatRequest{Heartbeat: "hourly"})
	refusedAs(t, err, codes.NotFound, "no_such_heartbeat", "heartbeat")
	_, err = opened(&memory.Store{}, nil).RecordHeartbeat(machine(t), request)
	refusedAs(t, err, codes.NotFound, "no_such_heartbeat", "heartbeat")
	_, err = (&door.Calls{}).RecordHeartbeat(machine(t), request)
	refusedAs(t, err, codes.Unavailable, "not_ready", "")
	known.err = beats.ErrUnavailable
	_, err = opened(&memory.Store{}, with).RecordHeartbeat(machine(t), request)
	refusedAs(t, err, codes.Unavailable, "not_stored", "")
	known.err = auth.ErrStale
	_, err = opened(&memory.Store{}, with).RecordHeartbeat(machine(t), request)
	refusedAs(t, err, codes.Unavailable, "accounts_stale", "")
}

// away is a store that stores nothing.
type away struct{ signals.Store }

func (away) Put(context.Context, *signalv1.RawSignal) error { return signals.ErrUnavailable }
