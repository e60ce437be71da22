package natstest

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Server is one embedded server of a test.
type Server struct {
	*natsserver.Server

	t    testing.TB
	opts natsserver.Options
}

// Option changes how a server starts.
type Option func(*natsserver.Options)

// Listening lets other processes, or a [Proxy], connect through a socket.
func Listening() Option {
	return func(o *natsserver.Options) { o.Listen = net.JoinHostPort("127.0.0.1", "0") }
}

// Unsynced leaves writes to the page cache, which the bootstrap refuses.
func Unsynced() Option { return func(o *natsserver.Options) { o.UnsafeNoSync = true } }

// InDir keeps the store in a directory of the caller's.
func InDir(dir string) Option { return func(o *natsserver.Options) { o.Dir = dir } }

// Start starts a server with an empty store that ends with the test.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	s := &Server{t: t, opts: natsserver.Options{}}
	for _, o := range options {
		o(&s.opts)
	}
	if s.opts.Dir == "" {
		s.opts.Dir = t.TempDir()
	}
	s.start()
	t.Cleanup(func() { s.Close() })
	return s
}

func (s *Server) start() {
	s.t.Helper()
	server, err := natsserver.Start(s.t.Context(), s.opts)
	if err != nil {
		s.t.Fatalf("start message server: %v", err)
	}
	s.Server = server
}

// Restart stops the server, calls between, and starts it on the same store.
// Passwords and ports change.
func (s *Server) Restart(between func(dir string)) {
	s.t.Helper()
	s.Close()
	if between != nil {
		between(s.opts.Dir)
	}
	s.start()
}

// Dir is where the store lies.
func (s *Server) Dir() string { return s.opts.Dir }

// Conn connects a user for the time of the test.
func (s *Server) Conn(user natsserver.User, opts ...nats.Option) *nats.Conn {
	s.t.Helper()
	nc, err := s.Connect(user, opts...)
	if err != nil {
		s.t.Fatalf("connect: %v", err)
	}
	s.t.Cleanup(nc.Close)
	return nc
}

// Bootstrap creates the streams; zero sizes become 1 GiB and less.
func (s *Server) Bootstrap(config jetstream.Config) {
	s.t.Helper()
	bootstrap(s.t, s.Conn(natsserver.UserBootstrap), s.Conn(natsserver.UserSystem), s.Conn(natsserver.UserPublisher), config)
}

// Log bootstraps and opens the log as the command service does.
func (s *Server) Log(config jetstream.Config, opts jetstream.Options) *jetstream.Log {
	s.t.Helper()
	s.Bootstrap(config)
	return OpenLog(s.t, s.Conn(natsserver.UserCommand), opts)
}

// OpenLog opens the log of a connection.
func OpenLog(t testing.TB, nc *nats.Conn, opts jetstream.Options) *jetstream.Log {
	t.Helper()
	log, err := jetstream.Open(t.Context(), nc, opts)
	if err != nil {
		t.Fatalf("open log: %v", err)
	}
	return log
}

func bootstrap(t testing.TB, nc, system, publisher *nats.Conn, config jetstream.Config) {
	t.Helper()
	if config.LogBytes == 0 {
		config.LogBytes = 1 << 30
	}
	if config.SignalBytes == 0 {
		config.SignalBytes = 64 << 20
	}
	if config.PublicBytes == 0 {
		config.PublicBytes = 64 << 20
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	formed(ctx, t, func() error {
		_, err := jetstream.Bootstrap(ctx, nc, system, config)
		return err
	})
	formed(ctx, t, func() error { return jetstream.BootstrapPublic(ctx, publisher, config) })
}

// formed bootstraps, again while a cluster is still forming.
func formed(ctx context.Context, t testing.TB, bootstrap func() error) {
	t.Helper()
	err := bootstrap()
	for errors.Is(err, eventlog.ErrUnavailable) && wait.For(ctx, 50*time.Millisecond) == nil {
		err = bootstrap()
	}
	if err != nil {
		t.Fatalf("bootstrap: %v", err)
	}
}

// closeAll closes what a test is done with; such errors change no outcome.
func closeAll(all ...io.Closer) {
	for _, c := range all {
		_ = c.Close()
	}
}
