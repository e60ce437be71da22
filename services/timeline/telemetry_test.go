package timeline_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/bridgelog/bridgelog/pkg/health"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

func TestProjectionContinuesTheTrace(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	kit, err := telemetry.Start(t.Context(), "test", "test", sdktrace.WithSpanProcessor(recorder))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kit.Stop(t.Context()) }()
	w := newWorld(t)
	n := w.start(func(c *timeline.Config) { c.Tracer = kit.Tracer })
	ctx, writer := kit.Tracer.Tracer("test").Start(t.Context(), "append")
	w.Declare(incident.Declare{Title: "Slow"}, logtest.Act{TraceParent: telemetry.TraceParent(ctx)})
	writer.End()
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	w.eventually(func() bool {
		for _, span := range recorder.Ended() {
			if span.Name() == "timeline project" {
				return span.SpanContext().TraceID() == writer.SpanContext().TraceID()
			}
		}
		return false
	})
}

func TestMetricsAndHealth(t *testing.T) {
	registry, checks := prometheus.NewRegistry(), &health.Registry{}
	w := newWorld(t)
	n := w.start(func(c *timeline.Config) { c.Metrics, c.Health = registry, checks })
	sick := w.problem("Sick")
	w.Append(sick, poison(), logtest.Act{Now: noonToday()})
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		got[f.GetName()] = f.GetMetric()[0].GetGauge().GetValue()
	}
	for name, want := range map[string]float64{
		"bridgelog_timeline_quarantined_incidents": 1, "bridgelog_timeline_search_complete": 1, "bridgelog_timeline_rebuild_phase": 0,
	} {
		if value, ok := got[name]; !ok || value != want {
			t.Errorf("%s is %v (there: %v), want %v", name, value, ok, want)
		}
	}
	<-n.service.Ready()
	if results, ready := checks.Ready(t.Context()); !ready || len(results) != 2 {
		t.Errorf("health %v", results)
	}
}

func TestConfigNamesWhatIsMissing(t *testing.T) {
	if _, err := timeline.New(timeline.Config{}); err == nil || err.Error() != "timeline: Log is not set" {
		t.Errorf("got %v", err)
	}
}
