package command_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command"
)

func TestAClockThatJumpsBack(t *testing.T) {
	w := newWorld(t)
	var offset atomic.Int64
	w.config = func(c *command.Config) {
		c.Now = func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }
	}
	mia := w.start().as("mia")
	id := mia.declare(t, "Checkout returns 502").GetIncidentId()
	change := func(c clients, to incidentv1.Severity) {
		t.Helper()
		if _, err := c.ChangeSeverity(t.Context(), &incidentv1.ChangeSeverityRequest{Incident: "1", Severity: to}); err != nil {
			t.Errorf("severity %v: %v", to, err)
		}
	}
	change(mia, incidentv1.Severity_SEVERITY_SEV1)
	offset.Store(int64(-time.Hour))
	change(mia, incidentv1.Severity_SEVERITY_SEV3)
	// A service that has nothing in memory finds entries from the future.
	change(w.start().as("mia"), incidentv1.Severity_SEVERITY_SEV1)
	events := decode(t, w, id)
	for i := 1; i < len(events); i++ {
		if events[i].RecordedAt.Before(events[i-1].RecordedAt) {
			t.Errorf("event %d was recorded at %v, before %v", i+1, events[i].RecordedAt, events[i-1].RecordedAt)
		}
	}
	if !events[3].ClockAdjusted || events[1].ClockAdjusted {
		t.Errorf("adjusted: %v then %v, want false then true", events[1].ClockAdjusted, events[3].ClockAdjusted)
	}
}

func TestWhatHappenedEarlier(t *testing.T) {
	w := newWorld(t)
	ada := w.start().as("ada")
	id := ada.declare(t, "Checkout returns 502").GetIncidentId()
	earlier := time.Now().Add(-10 * time.Minute).UTC().Truncate(time.Microsecond)
	note := &incidentv1.AddNoteRequest{Incident: "1", Text: "deployed", OccurredAt: timestamppb.New(earlier)}
	if _, err := ada.AddNote(t.Context(), note); err != nil {
		t.Fatal(err)
	}
	if e := decode(t, w, id)[1]; !e.OccurredAt.Equal(earlier) || !e.RecordedAt.After(earlier) {
		t.Errorf("it occurred at %v, recorded %v, want %v", e.OccurredAt, e.RecordedAt, earlier)
	}
	note.OccurredAt = timestamppb.New(time.Now().Add(time.Hour))
	_, err := ada.AddNote(t.Context(), note)
	if f := refused(t, err, "invalid_argument", "in_the_future"); f.Field != "occurred_at" {
		t.Errorf("got %+v", f)
	}
}

func TestAFullLogRefusesAndKeepsNothing(t *testing.T) {
	w := worldOn(t, memory.New(memory.Options{MaxBytes: 24 << 10}))
	ada := w.start().as("ada")
	id := ada.declare(t, "Checkout returns 502").GetIncidentId()
	note := &incidentv1.AddNoteRequest{Incident: "1", Text: strings.Repeat("x", 4000)}
	var err error
	stored := uint64(1)
	for range 20 {
		note.RequestId = fmt.Sprint("n", stored)
		if _, err = ada.AddNote(t.Context(), note); err != nil {
			break
		}
		stored++
	}
	refused(t, err, "resource_exhausted", "log_full")
	if got := revisions(t, w, id); got != stored {
		t.Errorf("the log holds %d events, want the %d that were answered", got, stored)
	}
	// What was answered before is still answered.
	note.RequestId = "n1"
	if r, err := ada.AddNote(t.Context(), note); err != nil || !r.GetResult().GetReplayed() {
		t.Errorf("a repetition got %v, %v", r, err)
	}
}

func TestOneTraceFromTheCallToTheLog(t *testing.T) {
	w := newWorld(t)
	spans := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans))
	defer func() { _ = provider.Shutdown(t.Context()) }()
	w.config = func(c *command.Config) { c.Tracer = provider }
	ada := w.start().as("ada")
	id := ada.declare(t, "Checkout returns 502").GetIncidentId()
	if _, err := ada.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "1", Text: "x"}); err != nil {
		t.Fatal(err)
	}
	messages, err := w.log.Load(t.Context(), "incident."+id, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := spans.Ended()
	last := ended[len(ended)-1]
	want := "00-" + last.SpanContext().TraceID().String() + "-" + last.SpanContext().SpanID().String()
	if got := messages[1].Header["traceparent"]; last.Name() != "append incident" || !strings.HasPrefix(got, want) {
		t.Errorf("the message carries %q, want %q of span %s", got, want, last.Name())
	}
}

func TestMetrics(t *testing.T) {
	w := newWorld(t)
	registry := prometheus.NewRegistry()
	w.config = func(c *command.Config) { c.Metrics = registry }
	ada := w.start().as("ada")
	ada.declare(t, "Checkout returns 502")
	note := &incidentv1.AddNoteRequest{Incident: "1", Text: "x", RequestId: "n1"}
	for range 2 {
		if _, err := ada.AddNote(t.Context(), note); err != nil {
			t.Fatal(err)
		}
	}
	note.RequestId, note.Etag = "", "1"
	_, err := ada.AddNote(t.Context(), note)
	refused(t, err, "aborted", "stale_etag")
	want := `
# HELP bridgelog_command_cache_incidents Folded incidents in memory.
# TYPE bridgelog_command_cache_incidents gauge
bridgelog_command_cache_incidents 1
# HELP bridgelog_command_conflicts_total Commands that met another change: decided again, or refused.
# TYPE bridgelog_command_conflicts_total counter
bridgelog_command_conflicts_total{result="refused"} 1
# HELP bridgelog_command_replays_total Repeated requests that were answered with their first result.
# TYPE bridgelog_command_replays_total counter
bridgelog_command_replays_total 1
`
	if err := testutil.GatherAndCompare(registry, strings.NewReader(want),
		"bridgelog_command_cache_incidents", "bridgelog_command_conflicts_total", "bridgelog_command_replays_total"); err != nil {
		t.Error(err)
	}
	if n, err := testutil.GatherAndCount(registry, "bridgelog_append_duration_seconds"); n != 1 || err != nil {
		t.Errorf("got %d append series, %v", n, err)
	}
}

func TestConfigNamesWhatIsMissing(t *testing.T) {
	if _, err := command.New(command.Config{}); err == nil || !strings.Contains(err.Error(), "Log is not set") {
		t.Errorf("got %v, want the setting named", err)
	}
}
