package host

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/services/command"
)

// Services that `serve` can run.
const (
	serviceCommand    = "command"
	serviceTimeline   = "timeline"
	serviceNotifier   = "notifier"
	serviceStatuspage = "statuspage"
	serviceIntake     = "intake"
)

// Services returns the names of the services that `serve` can run.
func Services() []string {
	return []string{serviceCommand, serviceTimeline, serviceNotifier, serviceStatuspage, serviceIntake}
}

// Serve runs chosen services against a NATS and a Postgres of their own until ctx
// ends or the process is told to stop.
func Serve(ctx context.Context, s Settings, services []string, p Process) error {
	if err := failpoint.ArmFromEnv(); err != nil {
		return err
	}
	if err := checkServe(&s, services); err != nil {
		return err
	}
	if err := os.MkdirAll(s.DataDir, 0o711); err != nil { //nolint:gosec // PostgreSQL's account passes through it; nobody lists it.
		return &SettingError{"data-dir", fmt.Sprintf("cannot be created: %v", err)}
	}
	ctx, release := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer release()
	stack, err := newStack(context.WithoutCancel(ctx), s, p.Version, newLogger(s.LogLevel, p.Stderr))
	if err != nil {
		return err
	}
	err = stack.serve(ctx, services, p.Stderr)
	if err != nil && ctx.Err() != nil {
		err = nil // told to stop while starting
	}
	return outcome(err, stack.stop())
}

func checkServe(s *Settings, services []string) error {
	if err := s.Validate(); err != nil {
		return err
	}
	for _, name := range services {
		if !slices.Contains(Services(), name) {
			return fault.FieldUsagef("service", "there is no service %q: choose from %s", name, strings.Join(Services(), ", "))
		}
	}
	needs := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(services, n) })
	}
	switch {
	case s.NATSURL == "":
		return &SettingError{"nats-url", "is needed: services that run apart meet at a NATS of their own"}
	case s.DatabaseURL == "" && needs(serviceTimeline, serviceNotifier):
		return &SettingError{"database-url", "is needed by timeline and notifier"}
	case needs(serviceIntake) && s.CommandServer == "" && !needs(serviceCommand):
		return &SettingError{"command-server", "is needed by intake: the gRPC address of command"}
	case needs(serviceIntake) && s.ServiceToken == "":
		return &SettingError{"service-token", "is needed by intake: the same token that command was given"}
	}
	return nil
}

// serve starts the services, says "ready" and waits for the end.
func (s *stack) serve(ctx context.Context, services []string, stderr io.Writer) error {
	if _, err := s.startServing(ctx, services); err != nil {
		return err
	}
	if err := s.ready(ctx); err != nil {
		return err
	}
	_, _ = fmt.Fprintf(stderr, "ready\n  %s\n", strings.Join(services, ", "))
	select {
	case <-ctx.Done():
	case <-s.group.ctx.Done():
	}
	return nil
}

// startServing starts the servers that are ours and the chosen services.
func (s *stack) startServing(ctx context.Context, services []string) (doors, error) {
	doors, err := s.openDoors(ctx, services...)
	if err != nil {
		return doors, err
	}
	if !s.settings.readsLog(services) {
		return doors, s.startPage(ctx, doors)
	}
	stored := slices.Contains(services, serviceTimeline) || slices.Contains(services, serviceNotifier)
	if err := s.startServers(ctx, stored); err != nil {
		return doors, err
	}
	log, err := s.openShared(ctx, services)
	if err != nil {
		return doors, err
	}
	if err := s.addServices(ctx, services, doors, log); err != nil {
		return doors, err
	}
	s.serveHealth(doors.health)
	s.group.run("memory", trim)
	return doors, nil
}

// openShared opens the log with the widest rights that the services need, and
// follows the catalog.
func (s *stack) openShared(ctx context.Context, services []string) (*jetstream.Log, error) {
	user := natsserver.UserReader
	switch {
	case slices.Contains(services, serviceCommand):
		user = natsserver.UserCommand
	case slices.Contains(services, serviceTimeline):
	case slices.Contains(services, serviceNotifier):
		user = natsserver.UserNotifier
	case slices.Contains(services, serviceIntake):
		user = natsserver.UserIntake
	}
	log, _, err := s.openLog(ctx, user)
	if err != nil {
		return nil, err
	}
	s.watchLog(log)
	s.follow(log)
	return log, s.openRPC()
}

// addServices adds each chosen service, and the doors that it brings.
func (s *stack) addServices(ctx context.Context, services []string, d doors, log *jetstream.Log) error {
	if slices.Contains(services, serviceCommand) {
		tokens, err := s.givenTokens()
		if err != nil {
			return err
		}
		if err := s.addCommand(log, tokens); err != nil {
			return err
		}
		s.addScrubber(log)
	}
	if slices.Contains(services, serviceTimeline) {
		if err := s.addTimeline(ctx, log); err != nil {
			return err
		}
	}
	if slices.Contains(services, serviceStatuspage) {
		if err := s.addStatuspage(d.statuspage, log); err != nil {
			return err
		}
	}
	if slices.Contains(services, serviceNotifier) {
		server := s.settings.CommandServer
		if server == "" && slices.Contains(services, serviceCommand) {
			server = d.grpc.Addr().String()
		}
		if err := s.addNotifier(ctx, log, server); err != nil {
			return err
		}
	}
	server := s.settings.CommandServer
	if server == "" && d.grpc.Listener != nil {
		server = d.grpc.Addr().String()
	}
	if slices.Contains(services, serviceIntake) {
		if err := s.addServedIntake(ctx, d, server); err != nil {
			return err
		}
	}
	if d.grpc.Listener == nil {
		return nil
	}
	s.serveRPC(d.grpc) // which takes no more services
	return s.addAPI(ctx, d.api, d.grpc.Addr().String())
}

// addServedIntake adds intake with the token that it was given.
func (s *stack) addServedIntake(ctx context.Context, d doors, server string) error {
	token, err := auth.ParseToken(s.settings.ServiceToken)
	if err != nil {
		return &SettingError{"service-token", err.Error()}
	}
	return s.addIntake(ctx, d.intake, server, token)
}

// givenTokens are the first tokens of a deployment: those that are set.
func (s *stack) givenTokens() ([]command.BootstrapToken, error) {
	var tokens []command.BootstrapToken
	for _, given := range []struct {
		setting, secret string
		token           func(auth.Token) command.BootstrapToken
	}{
		{"bootstrap-token", s.settings.BootstrapToken, adminToken},
		{"service-token", s.settings.ServiceToken, servicesToken},
	} {
		if given.secret == "" {
			continue
		}
		token, err := auth.ParseToken(given.secret)
		if err != nil {
			return nil, &SettingError{given.setting, err.Error()}
		}
		tokens = append(tokens, given.token(token))
	}
	return tokens, nil
}
