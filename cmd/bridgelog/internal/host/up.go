package host

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
)

// Process is what a command of the host runs with.
type Process struct {
	// Version is shown in telemetry.
	Version string
	// Stderr gets the line "ready" and what goes wrong.
	Stderr io.Writer
	// Ready is called by Up once the system of a data directory answers; an error
	// is told and stops nothing. It may be nil.
	Ready func(ctx context.Context, dataDir string) error
}

// Up runs the whole system on this machine until ctx ends or the process is
// told to stop, then stops it cleanly. Every error is one sentence that says
// what to do.
func Up(ctx context.Context, s Settings, p Process) error {
	if err := failpoint.ArmFromEnv(); err != nil {
		return err
	}
	if err := s.Validate(); err != nil {
		return err
	}
	lock, err := lockDir(s.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	ctx, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer release()
	logger := newLogger(s.LogLevel, p.Stderr)
	stack, err := newStack(context.WithoutCancel(ctx), s, p.Version, logger)
	if err != nil {
		return err
	}
	err = stack.up(ctx, p)
	if err != nil && ctx.Err() != nil {
		err = nil // told to stop while starting
	}
	removeEndpoints(s.DataDir)
	return outcome(err, stack.stop())
}

// up starts everything, says "ready" and waits for the end.
func (s *stack) up(ctx context.Context, p Process) error {
	endpoints, err := s.startAll(ctx)
	if err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	if err := endpoints.write(s.settings.DataDir); err != nil {
		return err
	}
	announce(p.Stderr, endpoints)
	if p.Ready != nil {
		if err := p.Ready(ctx, s.settings.DataDir); err != nil && ctx.Err() == nil {
			s.logger.Warn("what waited for the system still waits", "error", err)
		}
	}
	select {
	case <-ctx.Done():
	case <-s.group.ctx.Done():
	}
	return nil
}

func announce(stderr io.Writer, e Endpoints) {
	_, _ = fmt.Fprintf(stderr, "ready\n  status page  %s\n  alerts       %s/hooks/alertmanager\n  gRPC         %s\n  JSON         %s\n  health       %s/readyz\n",
		e.Statuspage, e.Intake, e.GRPC, e.API, e.Metrics)
	_, _ = fmt.Fprintln(stderr, `try: bridgelog declare "Checkout returns 502" -s SEV-1     (Ctrl-C here stops everything)`)
}

func newLogger(level string, out io.Writer) *slog.Logger {
	var l slog.Level
	if l.UnmarshalText([]byte(level)) != nil {
		l = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: l}))
}

// tokens are the two that `up` keeps in its data directory.
func (s *stack) tokens() (admin, service auth.Token, err error) {
	if admin, err = storedToken(s.settings.DataDir, "admin"); err != nil {
		return admin, service, err
	}
	service, err = storedToken(s.settings.DataDir, "services")
	return admin, service, err
}

// startAll starts the servers and all services, and says where they listen.
func (s *stack) startAll(ctx context.Context) (Endpoints, error) {
	admin, service, err := s.tokens()
	if err != nil {
		return Endpoints{}, err
	}
	s.settings.BootstrapToken, s.settings.ServiceToken = admin.Reveal(), service.Reveal()
	doors, err := s.startServing(ctx, Services())
	if err != nil {
		return Endpoints{}, err
	}
	return Endpoints{
		GRPC: doors.grpc.Addr().String(), API: doors.api.url(), Statuspage: doors.statuspage.url(),
		Intake: doors.intake.url(), Metrics: doors.health.url(), NATS: s.broker.url(), Database: s.databaseURL,
		Token: admin.Reveal(), PID: os.Getpid(),
	}, nil
}

// doors are the listeners of `up`.
type doors struct{ grpc, api, statuspage, intake, health door }

// openDoors opens the listeners of the given services first, so that a port in use
// is known before anything is started.
func (s *stack) openDoors(ctx context.Context, services ...string) (doors, error) {
	var d doors
	has := func(name string) bool { return slices.Contains(services, name) }
	answers := has(serviceCommand) || has(serviceTimeline) || has(serviceNotifier) || has(serviceIntake) || has(serviceStatuspage) && s.settings.readsLog(services)
	for _, want := range []struct {
		wanted bool
		door   *door
		name   string
		port   int
	}{
		{answers, &d.grpc, "gRPC", portGRPC},
		{answers, &d.api, "the JSON door", portAPI},
		{has(serviceStatuspage), &d.statuspage, "the status page", portStatuspage},
		{has(serviceIntake), &d.intake, "intake", portIntake},
		{true, &d.health, "health", portHealth},
	} {
		if !want.wanted {
			continue
		}
		opened, err := listen(ctx, want.name, s.settings.address(want.port))
		if err != nil {
			return d, err
		}
		s.onClose(func() { _ = opened.Close() })
		*want.door = opened
	}
	return d, nil
}
