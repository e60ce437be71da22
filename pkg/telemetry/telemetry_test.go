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
