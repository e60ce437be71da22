package telemetry_test

import (
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/bridgelog/bridgelog/pkg/telemetry"
)

func TestOneTraceCrossesTheLog(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	kit, err := telemetry.Start(t.Context(), "bridgelog", "test", sdktrace.WithSpanProcessor(recorder))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kit.Stop(t.Context()) }()
	tracer := kit.Tracer.Tracer("test")

	writing, writer := tracer.Start(t.Context(), "append")
	stored := telemetry.TraceParent(writing)
	header := telemetry.Inject(writing)
	writer.End()

	for name, reading := range map[string]trace.SpanContext{
		"header":   trace.SpanContextFromContext(telemetry.Extract(t.Context(), header)),
		"envelope": trace.SpanContextFromContext(telemetry.WithTraceParent(t.Context(), stored)),
	} {
		if reading.TraceID() != writer.SpanContext().TraceID() {
			t.Errorf("%s: trace %s, want %s", name, reading.TraceID(), writer.SpanContext().TraceID())
		}
	}
}

func TestNoSpanLeavesNothing(t *testing.T) {
	if header := telemetry.Inject(t.Context()); header != nil {
		t.Errorf("got header %v, want none", header)
	}
	if got := telemetry.WithTraceParent(t.Context(), "garbage"); trace.SpanContextFromContext(got).IsValid() {
		t.Error("a malformed traceparent gave a span")
	}
}

// TestTracesThatAreExportedNowhere have names all the same.
func TestTracesThatAreExportedNowhere(t *testing.T) {
	for _, name := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		t.Setenv(name, "")
	}
	kit, err := telemetry.Start(t.Context(), "bridgelog", "test")
	if err != nil {
		t.Fatal(err)
	}
	tracer := kit.Tracer.Tracer("test")
	outer, root := tracer.Start(t.Context(), "call")
	_, child := tracer.Start(outer, "append")
	_, other := tracer.Start(outer, "another", trace.WithNewRoot())
	if c := root.SpanContext(); !c.IsValid() || !c.IsSampled() {
		t.Errorf("the trace %v is not one that others would record", c)
	}
	if c := child.SpanContext(); c.TraceID() != root.SpanContext().TraceID() || c.SpanID() == root.SpanContext().SpanID() || !c.IsSampled() {
		t.Errorf("%v does not continue %v", c, root.SpanContext())
	}
	if c := other.SpanContext(); !c.IsValid() || c.TraceID() == root.SpanContext().TraceID() {
		t.Errorf("%v is no trace of its own", c)
	}
	if child.IsRecording() {
		t.Error("a span is recorded that nobody gets")
	}
	if err := kit.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}
