package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/postgres/private"
)

// startServers starts NATS and, when a service needs it, Postgres: side by side,
// each unless a URL is given.
func (s *stack) startServers(ctx context.Context, withDatabase bool) error {
	var group sync.WaitGroup
	var broken, databaseBroken error
	group.Go(func() { broken = s.startNATS(ctx) })
	if withDatabase {
		group.Go(func() { databaseBroken = s.startDatabase(ctx) })
	}
	group.Wait()
	if s.stopDatabase != nil {
		s.onClose(s.stopDatabase)
	}
	if s.broker != nil {
		s.onClose(s.broker.close)
	}
	return errors.Join(broken, databaseBroken)
}

func (s *stack) startNATS(ctx context.Context) error {
	var err error
	var b broker
	if s.settings.NATSURL == "" {
		b, err = startBroker(ctx, s.settings, s.logger)
	} else {
		b, err = openBroker(ctx, s.settings)
	}
	if err == nil {
		s.broker = b
	}
	return err
}

func (s *stack) startDatabase(ctx context.Context) error {
	if s.settings.DatabaseURL != "" {
		s.databaseURL = s.settings.DatabaseURL
		return nil
	}
	server, err := private.Start(ctx, private.Config{
		Dir: filepath.Join(s.settings.DataDir, "postgres"), BinDirs: beside(), Logger: s.logger,
	})
	if err != nil {
		return err
	}
	s.databaseURL = server.URL()
	s.stopDatabase = func() {
		if err := server.Stop(); err != nil {
			s.logger.Warn("the database was not stopped cleanly", "error", err)
		}
	}
	return nil
}

// beside is where `make up` puts PostgreSQL's programs: beside our own binary.
func beside() []string {
	self, err := os.Executable()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(filepath.Dir(self), "postgres", "bin")}
}
