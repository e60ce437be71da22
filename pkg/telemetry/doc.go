// Package telemetry gives every service its traces, metrics and logs, and
// carries one trace from an RPC through the log to whoever reads it.
//
// Traces leave the process by OTLP when OTEL_EXPORTER_OTLP_ENDPOINT (or its
// traces variant) is set and are dropped otherwise. Metrics are Prometheus
// metrics on a registry of the process. Ids stand on spans, never on metric
// labels.
package telemetry
