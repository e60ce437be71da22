package natsserver

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

var (
	// ErrInUse: another process runs a server on the same directory.
	ErrInUse = errors.New("the directory is used by another process")
	// ErrNotReady: the server did not become ready in time.
	ErrNotReady = errors.New("the message server did not become ready")
)

// readyTimeout bounds the start when ctx has no deadline; recovering 1,000,000
// messages from a store without an index took about a second.
const readyTimeout = 30 * time.Second

// Options configure a server.
type Options struct {
	// Dir is where the store lies; it is created with mode 0700. Required.
	Dir string
	// Listen is "host:port" for clients in other processes; port 0 picks a free
	// one. Empty means that there is no socket at all: only this process can
	// connect.
	Listen string
	// MaxStore limits the store's size in bytes; 0 leaves it to the streams' own
	// limits, which must then leave room on the disk.
	MaxStore int64
	// Name is the server's name; default "bridgelog".
	Name string
	// Logger gets the server's messages; nil discards them.
	Logger *slog.Logger
	// UnsafeNoSync leaves writes to the page cache. Only for tests that show what
	// the bootstrap refuses.
	UnsafeNoSync bool
}

// Server is a running server.
type Server struct {
	server  *server.Server
	secrets map[User]string
	lock    *os.File
}

// Start starts a server and waits until it is ready. It returns [ErrInUse] when
// another process uses the directory, [ErrNotReady] when ctx ends or 30 s pass.
func Start(ctx context.Context, opts Options) (*Server, error) {
	if opts.Dir == "" {
		return nil, fmt.Errorf("start message server: no directory given")
	}
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("start message server: %w", err)
	}
	lock, err := lockDir(filepath.Join(opts.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("start message server in %s: %w", opts.Dir, err)
	}
	s := &Server{secrets: newSecrets(), lock: lock}
	if err := s.run(ctx, opts); err != nil {
		s.unlock()
		return nil, err
	}
	return s, nil
}

func (s *Server) run(ctx context.Context, opts Options) error {
	options, err := serverOptions(opts, s.secrets)
	if err != nil {
		return err
	}
	s.server, err = server.NewServer(options)
	if err != nil {
		return fmt.Errorf("start message server: %w", err)
	}
	if opts.Logger != nil {
		s.server.SetLoggerV2(newSlogAdapter(opts.Logger), false, false, false)
	}
	s.server.Start()
	timeout := readyTimeout
	if deadline, ok := ctx.Deadline(); ok {
		timeout = time.Until(deadline)
	}
	if !s.server.ReadyForConnections(timeout) {
		s.stop()
		return fmt.Errorf("start message server: %w", ErrNotReady)
	}
	if err := s.enableStreams(); err != nil {
		s.stop()
		return fmt.Errorf("start message server: %w", err)
	}
	return nil
}

// enableStreams gives the accounts JetStream, which recovers their stores.
// Accounts that are not read from a file have no other way to get it.
func (s *Server) enableStreams() error {
	for _, name := range []string{mainAccount, publicAccount} {
		account, err := s.server.LookupAccount(name)
		if err != nil {
			return fmt.Errorf("account %s: %w", name, err)
		}
		if err := account.EnableJetStream(nil, nil); err != nil {
			return fmt.Errorf("open store of account %s: %w", name, err)
		}
	}
	return nil
}

func serverOptions(opts Options, secrets map[User]string) (*server.Options, error) {
	name := opts.Name
	if name == "" {
		name = "bridgelog"
	}
	o := &server.Options{
		ServerName: name, NoSigs: true, NoLog: opts.Logger == nil,
		DontListen: opts.Listen == "",
		JetStream:  true, StoreDir: opts.Dir, SyncAlways: !opts.UnsafeNoSync,
		JetStreamMaxStore: opts.MaxStore, JetStreamMaxMemory: 64 << 20,
		MaxPayload: 1 << 20, WriteDeadline: 10 * time.Second,
	}
	if opts.Listen != "" {
		host, port, err := net.SplitHostPort(opts.Listen)
		if err != nil {
			return nil, fmt.Errorf("message server address %q: %w", opts.Listen, err)
		}
		o.Host = host
		if o.Port, err = strconv.Atoi(port); err != nil {
			return nil, fmt.Errorf("message server address %q: %w", opts.Listen, err)
		}
		if o.Port == 0 {
			o.Port = server.RANDOM_PORT
		}
	}
	if o.JetStreamMaxStore == 0 {
		// The server's default is a share of what is free at the start, which
		// shrinks as the store grows.
		o.JetStreamMaxStore = 1 << 50
	}
	addUsers(o, secrets)
	return o, nil
}

// Connect connects a user inside this process, without a socket.
func (s *Server) Connect(user User, opts ...nats.Option) (*nats.Conn, error) {
	secret, ok := s.secrets[user]
	if !ok {
		return nil, fmt.Errorf("connect as %q: no such user", user)
	}
	all := []nats.Option{
		nats.InProcessServer(s.server), nats.UserInfo(string(user), secret),
		nats.Name(string(user)), nats.CustomInboxPrefix(inboxPrefix(user)), nats.MaxReconnects(-1),
	}
	nc, err := nats.Connect("", append(all, opts...)...)
	if err != nil {
		return nil, fmt.Errorf("connect as %q: %w", user, err)
	}
	return nc, nil
}

// URL is the address for a user in another process, password included; empty
// when the server does not listen.
func (s *Server) URL(user User) string {
	addr := s.server.Addr()
	if addr == nil {
		return ""
	}
	return "nats://" + string(user) + ":" + s.secrets[user] + "@" + addr.String()
}

// Close stops the server after flushing its store, and waits until it is gone.
func (s *Server) Close() {
	s.stop()
	s.unlock()
}

func (s *Server) stop() {
	s.server.Shutdown()
	s.server.WaitForShutdown()
}
