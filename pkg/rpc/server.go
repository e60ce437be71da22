package rpc

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sort"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"github.com/bridgelog/bridgelog/pkg/auth"
)

// Limits of one server, in bytes, calls and time.
const (
	// streamWorkers is how many goroutines answer calls one after the other: their
	// stacks have grown already. Calls beyond them get a goroutine each.
	streamWorkers = 16

	maxReceive           = 4 << 20 // a call that imports or applies
	maxRequest           = 1 << 20 // every other call
	maxConcurrentStreams = 1024    // calls at once on one connection
	minPing              = 10 * time.Second
	pingAfter            = 30 * time.Second
	pingTimeout          = 10 * time.Second
	stopPatience         = 10 * time.Second

	// streamWindow and connWindow are how much may be on its way before it is read, at both
	// ends. They are said: where gRPC looks for them itself it pings the other end with
	// nearly every message, which costs a call as much as its own two messages do.
	streamWindow = 1 << 20
	connWindow   = 4 << 20
)

// Options configure a server.
type Options struct {
	// Authenticator says who calls; required.
	Authenticator auth.Authenticator
	// Logger gets what is our own fault; required.
	Logger *slog.Logger
	// Tracer makes a span for each call; nil: no traces.
	Tracer trace.TracerProvider
	// Metrics gets bridgelog_rpc_duration_seconds; nil: nowhere.
	Metrics prometheus.Registerer
	// Health answers probes; nil: always serving.
	Health *health.Server
	// Large names the methods ("/package.Service/Method") whose requests may have
	// up to 4 MiB instead of 1 MiB; nil: [LargeMethods].
	Large []string
}

// LargeMethods are the calls that carry many things at once.
func LargeMethods() []string {
	return []string{"/incident.v1.CommandService/ImportIncidents", "/catalog.v1.CatalogService/Apply"}
}

// New returns a server with health and reflection, to which the caller adds its
// services before [Serve].
func New(o Options) (*grpc.Server, error) {
	if o.Authenticator == nil || o.Logger == nil {
		return nil, errors.New("new rpc server: an authenticator and a logger are required")
	}
	e, err := newEdge(o)
	if err != nil {
		return nil, fmt.Errorf("new rpc server: %w", err)
	}
	guard := auth.NewGuard(o.Authenticator)
	tracer := o.Tracer
	if tracer == nil {
		tracer = noop.NewTracerProvider()
	}
	s := grpc.NewServer(
		grpc.NumStreamWorkers(streamWorkers),
		grpc.StaticStreamWindowSize(streamWindow),
		grpc.StaticConnWindowSize(connWindow),
		grpc.StatsHandler(otelgrpc.NewServerHandler(otelgrpc.WithTracerProvider(tracer), otelgrpc.WithPropagators(propagation.TraceContext{}))),
		grpc.ChainUnaryInterceptor(e.unary, guard.Unary, e.check),
		grpc.ChainStreamInterceptor(e.stream, guard.Stream, e.checkStream),
		grpc.MaxRecvMsgSize(maxReceive),
		grpc.MaxConcurrentStreams(maxConcurrentStreams),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minPing, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: pingAfter, Timeout: pingTimeout}),
		grpc.ConnectionTimeout(pingTimeout),
	)
	checks := o.Health
	if checks == nil {
		checks = health.NewServer()
	}
	healthv1.RegisterHealthServer(s, checks)
	reflection.Register(s)
	return s, nil
}

func newEdge(o Options) (*edge, error) {
	validator, err := protovalidate.New()
	if err != nil {
		return nil, fmt.Errorf("compile validation rules: %w", err)
	}
	m, err := newMetrics(o.Metrics)
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	large := o.Large
	if large == nil {
		large = LargeMethods()
	}
	return &edge{logger: o.Logger, validator: validator, large: large, metrics: m}, nil
}

// Serve serves until ctx ends, then lets calls under way finish for up to ten
// seconds. It refuses a server with a call that nobody may make because it
// states no policy. It closes the listener.
func Serve(ctx context.Context, s *grpc.Server, l net.Listener) error {
	if open := auth.Unguarded(s.GetServiceInfo()); len(open) > 0 {
		sort.Strings(open)
		_ = l.Close()
		return fmt.Errorf("serve rpc: no policy on %s", strings.Join(open, ", "))
	}
	stopped := make(chan struct{})
	finished := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-ctx.Done():
			stop(s)
		case <-finished:
		}
	}()
	err := s.Serve(l)
	close(finished)
	<-stopped
	if err != nil && !errors.Is(err, grpc.ErrServerStopped) {
		return fmt.Errorf("serve rpc: %w", err)
	}
	return nil
}

// stop ends a server: gently, and after ten seconds by force.
func stop(s *grpc.Server) {
	timer := time.AfterFunc(stopPatience, s.Stop)
	defer timer.Stop()
	s.GracefulStop()
}
