package host

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/nats-io/nats.go"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/services/statuspage"
)

// readsLog tells whether any of the services reads the log. A status page alone
// does so for its relay only, which it runs when it may write public documents: a
// process that is given the password of the user statuspage and not that of
// publisher serves the page and nothing else.
func (s *Settings) readsLog(services []string) bool {
	alone := !slices.ContainsFunc(services, func(name string) bool { return name != serviceStatuspage })
	return !alone || s.NATSPasswords[natsserver.UserStatusPage] == "" || s.NATSPasswords[natsserver.UserPublisher] != ""
}

// startPage starts a status page without a relay. It needs nobody to start.
func (s *stack) startPage(ctx context.Context, d doors) error {
	if err := s.startServers(ctx, false); err != nil {
		return err
	}
	if err := s.addStatuspage(d.statuspage, nil); err != nil {
		return err
	}
	s.serveHealth(d.health)
	return nil
}

// addStatuspage adds the public page, and the relay that feeds it when log is not
// nil.
func (s *stack) addStatuspage(d door, log eventlog.Reader) error {
	reader, err := s.connect(natsserver.UserStatusPage)
	if err != nil {
		return err
	}
	config := statuspage.Config{
		Public: reader, Listener: d, PublicURL: s.settings.PublicURL, Dir: filepath.Join(s.settings.DataDir, "statuspage"),
		Logger: s.logger, Metrics: s.kit.Metrics, Tracer: s.kit.Tracer, Ready: s.checks.Register,
	}
	if log != nil {
		publisher, err := s.connect(natsserver.UserPublisher)
		if err != nil {
			return err
		}
		config.Source = &statuspage.Source{
			Log: log, Catalog: s.catalog, Publish: publisher, HasRoom: s.settings.roomCheck(), Server: s.rpc,
			Prepare: s.preparePublic(publisher),
		}
	}
	service, err := statuspage.New(config)
	if err != nil {
		return err
	}
	s.group.run("statuspage", service.Run)
	return nil
}

// preparePublic makes the stream of public documents.
func (s *stack) preparePublic(publisher *nats.Conn) func(context.Context) error {
	return func(ctx context.Context) error {
		return jetstream.BootstrapPublic(ctx, publisher, s.settings.streams())
	}
}
