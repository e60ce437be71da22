package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/health"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/telemetry"
)

// stack is what the services of one process share. Parts are added to it one by
// one; stop ends them and closes what they used, last first.
type stack struct {
	settings Settings
	logger   *slog.Logger
	kit      *telemetry.Telemetry
	checks   *health.Registry
	broker   broker
	group    *group
	rpc      *grpc.Server
	catalog  *catalog.Follower
	closers  []func()

	databaseURL  string // with its login
	stopDatabase func() // nil unless the database is ours

	// awaited are closed when a part is ready; `up` waits for all of them.
	awaited map[string]<-chan struct{}
	// catchingUp is closed when reads hold everything. A long log is not waited
	// for: /readyz says when it is read.
	catchingUp <-chan struct{}
	// settling is closed when the notifier knows from where it acts.
	settling <-chan struct{}
}

// settlePatience is how long "ready" waits for the notifier: long enough to
// prepare a fresh database, not longer, since a database may be away.
const settlePatience = 15 * time.Second

// catchUpPatience is how long "ready" waits for reads to hold everything.
const catchUpPatience = 2 * time.Second

func newStack(ctx context.Context, s Settings, version string, logger *slog.Logger) (*stack, error) {
	kit, err := telemetry.Start(ctx, "bridgelog", version)
	if err != nil {
		return nil, err
	}
	return &stack{
		settings: s, logger: logger, kit: kit, checks: &health.Registry{},
		group: newGroup(ctx), awaited: map[string]<-chan struct{}{},
	}, nil
}

// onClose adds what has to be closed after the parts have ended.
func (s *stack) onClose(f func()) { s.closers = append(s.closers, f) }

// stop ends everything and returns what had failed.
func (s *stack) stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.settings.StopTimeout)
	defer cancel()
	err := s.group.stop(ctx)
	for _, closer := range slices.Backward(s.closers) {
		closer()
	}
	if stopped := s.kit.Stop(ctx); stopped != nil {
		s.logger.Warn("traces were lost", "error", stopped)
	}
	return err
}

// openLog connects as a user and opens the log with that user's rights.
func (s *stack) openLog(ctx context.Context, user natsserver.User) (*jetstream.Log, *nats.Conn, error) {
	conn, err := s.connect(user)
	if err != nil {
		return nil, nil, err
	}
	var log *jetstream.Log
	err = patiently(ctx, func() (err error) {
		log, err = jetstream.Open(ctx, conn, jetstream.Options{
			AllowUnattested: s.settings.AllowUnattested, HasRoom: s.settings.roomCheck(), Logger: s.logger,
		})
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return log, conn, nil
}

// connect connects as a user; the connection is closed at the end.
func (s *stack) connect(user natsserver.User) (*nats.Conn, error) {
	conn, err := s.broker.connect(user)
	if err != nil {
		return nil, err
	}
	s.onClose(conn.Close)
	return conn, nil
}

// follow starts the catalog that all services of the process share.
func (s *stack) follow(log eventlog.Reader) {
	s.catalog = catalog.NewFollower(log, catalog.FollowerOptions{})
	s.group.run("catalog", s.catalog.Run)
	s.awaited["catalog"] = s.catalog.Ready()
	s.checks.Register("catalog", func(context.Context) error {
		select {
		case <-s.catalog.Ready():
			return nil
		default:
			return fmt.Errorf("is not read yet")
		}
	})
}

// openRPC makes the gRPC server to which services are added before serveRPC.
func (s *stack) openRPC() error {
	server, err := rpc.New(rpc.Options{
		Authenticator: auth.Chain{auth.Bearer{Directory: s.catalog}},
		Logger:        s.logger, Tracer: s.kit.Tracer, Metrics: s.kit.Metrics,
	})
	if err != nil {
		return err
	}
	s.rpc = server
	return nil
}

func (s *stack) serveRPC(d door) {
	s.group.run("grpc", func(ctx context.Context) error { return rpc.Serve(ctx, s.rpc, d) })
}

// serveHealth serves health, metrics and profiles.
func (s *stack) serveHealth(d door) {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", health.Live())
	mux.Handle("GET /readyz", health.Readiness(s.checks))
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.kit.Metrics, promhttp.HandlerOpts{Registry: s.kit.Metrics}))
	server := httpServer(mux)
	server.WriteTimeout = 0 // a profile takes as long as it is asked to
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	s.group.run("health", serveHTTP(server, d))
}

// watchLog reports on the log in /readyz.
func (s *stack) watchLog(log eventlog.Reader) {
	if hasRoom := s.settings.roomCheck(); hasRoom != nil {
		s.checks.Register("disk", func(context.Context) error {
			if !hasRoom() {
				return fmt.Errorf("has less than %d MiB free: nothing is written until there is room", reservedBytes>>20)
			}
			return nil
		})
	}
	s.checks.Register("log", func(ctx context.Context) error {
		if _, err := log.Head(ctx); err != nil {
			return err
		}
		info, err := log.Info(ctx)
		if err == nil && len(info.Unattested) > 0 && !s.settings.AllowUnattested {
			err = fmt.Errorf("has moved to %s, and nobody has checked that it syncs every write: start command again to do so",
				strings.Join(info.Unattested, ", "))
		}
		return err
	})
}

// ready waits until every part that said so is ready.
func (s *stack) ready(ctx context.Context) error {
	timeout := time.NewTimer(time.Minute)
	defer timeout.Stop()
	for name, done := range s.awaited {
		select {
		case <-done:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-s.group.ctx.Done():
			return fmt.Errorf("%s did not start: %w", name, errEnded)
		case <-timeout.C:
			return fmt.Errorf("%s is not ready after a minute; see /readyz", name)
		}
	}
	if err := s.await(ctx, s.settling, settlePatience); err != nil {
		return err
	}
	return s.await(ctx, s.catchingUp, catchUpPatience)
}

// errEnded: a part failed while others were awaited; what failed is said at the stop.
var errEnded = errors.New("the system ended while it started")

// outcome is what went wrong with a process: why a part failed, or else that one did.
func outcome(err, stopped error) error {
	if errors.Is(err, errEnded) && stopped != nil {
		return stopped
	}
	return errors.Join(err, stopped)
}

// await waits for done, but not longer than patience; a nil channel is done.
func (s *stack) await(ctx context.Context, done <-chan struct{}, patience time.Duration) error {
	if done == nil {
		return nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
	case <-s.group.ctx.Done():
		return errEnded
	}
	return nil
}
