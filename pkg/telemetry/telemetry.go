package telemetry

import (
	"context"
	"fmt"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.37.0"
	"go.opentelemetry.io/otel/trace"
)

// Telemetry is what one process reports with.
type Telemetry struct {
	// Tracer makes the tracers of all its parts.
	Tracer trace.TracerProvider
	// Metrics is the registry that /metrics serves.
	Metrics *prometheus.Registry

	provider *sdktrace.TracerProvider // nil where nothing is exported
}

// Start prepares telemetry for a process of the given name and version. Extra
// options, for example a span processor of a test, are added to the tracer
// provider. Stop has to be called at the end.
func Start(ctx context.Context, service, version string, options ...sdktrace.TracerProviderOption) (*Telemetry, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	if len(options) == 0 && !exporting() {
		return &Telemetry{Tracer: named{}, Metrics: registry}, nil
	}
	described := resource.NewSchemaless(semconv.ServiceName(service), semconv.ServiceVersion(version))
	options = append(options, sdktrace.WithResource(described))
	if exporting() {
		exporter, err := otlptracegrpc.New(ctx)
		if err != nil {
			return nil, fmt.Errorf("start trace export: %w", err)
		}
		options = append(options, sdktrace.WithBatcher(exporter))
	}
	provider := sdktrace.NewTracerProvider(options...)
	return &Telemetry{Tracer: provider, Metrics: registry, provider: provider}, nil
}

// Stop sends what is left of the traces, within the context's deadline.
func (t *Telemetry) Stop(ctx context.Context) error {
	if t.provider == nil {
		return nil
	}
	if err := t.provider.Shutdown(ctx); err != nil {
		return fmt.Errorf("stop telemetry: %w", err)
	}
	return nil
}

func exporting() bool {
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}
