package telemetry

import (
	"context"

	"go.opentelemetry.io/otel/propagation"
)

// traceParent is the header of W3C Trace Context.
const traceParent = "traceparent"

// Inject returns a header map that carries the span of ctx beside a message of
// the log; nil when there is no span to carry.
func Inject(ctx context.Context) map[string]string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	if len(carrier) == 0 {
		return nil
	}
	return carrier
}

// Extract returns ctx with the remote span that [Inject] put into a header, so
// that spans begun with it continue the writer's trace. A missing or malformed
// header leaves ctx as it is.
func Extract(ctx context.Context, header map[string]string) context.Context {
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier(header))
}

// TraceParent returns the W3C traceparent of ctx's span, empty without one.
func TraceParent(ctx context.Context) string { return Inject(ctx)[traceParent] }

// WithTraceParent returns ctx continuing the trace of a stored traceparent.
func WithTraceParent(ctx context.Context, parent string) context.Context {
	if parent == "" {
		return ctx
	}
	return Extract(ctx, map[string]string{traceParent: parent})
}
