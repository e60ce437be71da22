package telemetry

import (
	"context"
	"encoding/binary"
	"math/rand/v2"

	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/embedded"
)

// named makes spans that have ids and are recorded nowhere: what events and webhooks carry of
// a trace is the same whether this process exports its own part of it or not, and spans
// that nobody gets are not put together.
type named struct{ embedded.TracerProvider }

// Tracer implements [trace.TracerProvider].
func (named) Tracer(string, ...trace.TracerOption) trace.Tracer { return namedTracer{} }

type namedTracer struct{ embedded.Tracer }

// Start implements [trace.Tracer]. A span continues that of ctx, and begins a sampled trace
// where there is none.
func (namedTracer) Start(ctx context.Context, _ string, options ...trace.SpanStartOption) (context.Context, trace.Span) {
	parent := trace.SpanContextFromContext(ctx)
	started := trace.NewSpanStartConfig(options...)
	of := trace.SpanContextConfig{TraceID: parent.TraceID(), TraceFlags: parent.TraceFlags(), TraceState: parent.TraceState()}
	if !parent.IsValid() || started.NewRoot() {
		of = trace.SpanContextConfig{TraceFlags: trace.FlagsSampled}
		binary.NativeEndian.PutUint64(of.TraceID[:8], rand.Uint64()) //nolint:gosec // A name, not a secret.
		binary.NativeEndian.PutUint64(of.TraceID[8:], 1+rand.Uint64N(1<<63))
	}
	binary.NativeEndian.PutUint64(of.SpanID[:], 1+rand.Uint64N(1<<63)) //nolint:gosec // A name; 0 is none.
	ctx = trace.ContextWithSpanContext(ctx, trace.NewSpanContext(of))
	return ctx, trace.SpanFromContext(ctx)
}
