package private

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/freeport"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/wait"
)

// Server is a running private server. It is started again, on the same port, if
// it ends unasked.
type Server struct {
	config   Config
	cluster  cluster
	binaries Binaries
	password string
	port     int
	lock     *os.File

	stopping chan struct{}
	stopOnce sync.Once
	done     chan struct{}
	stopErr  error // set before done is closed
}

// Start runs the server of a directory and returns when it takes connections and
// the database exists. It makes the cluster if there is none, and stops a server
// that a killed process left behind. Errors: [ErrNoBinaries], [ErrInUse],
// [ErrVersion], [ErrStart].
func Start(ctx context.Context, config Config) (*Server, error) {
	s := &Server{config: config.withDefaults(), port: config.Port, stopping: make(chan struct{}), done: make(chan struct{})}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.unlock())
	}
	p, err := s.boot(ctx)
	if err != nil {
		return nil, errors.Join(err, s.unlock())
	}
	go s.supervise(p) //nolint:gosec // It lives until Stop, not as long as the call.
	if err := s.ensureDatabase(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// URL is the address of the database. It holds the password.
func (s *Server) URL() string { return s.DatabaseURL(s.config.Database) }

// DatabaseURL is the address of another database of the server.
func (s *Server) DatabaseURL(name string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(superuser, s.password),
		Host: freeport.Address(s.port), Path: "/" + name, RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is the port on 127.0.0.1.
func (s *Server) Port() int { return s.port }

// Binaries tells which installation runs.
func (s *Server) Binaries() Binaries { return s.binaries }

// Pid is the process id of the server, or 0 while it does not run.
func (s *Server) Pid() int {
	f, err := readPidFile(s.cluster.data())
	if err != nil {
		return 0
	}
	return f.pid
}

// Stop ends the server cleanly and returns when it is gone. It returns an error
// when the server had to be killed; stopping again returns the same.
func (s *Server) Stop() error {
	s.stopOnce.Do(func() { close(s.stopping) })
	<-s.done
	return s.stopErr
}

func (s *Server) unlock() error {
	if s.lock == nil {
		return nil
	}
	err := s.lock.Close()
	s.lock = nil
	return err
}

// prepare takes the directory and sees to it that it holds a cluster that
// nobody runs.
func (s *Server) prepare(ctx context.Context) error {
	root, err := filepath.Abs(s.config.Dir)
	if err != nil {
		return fmt.Errorf("prepare database: %w", err)
	}
	if err := os.MkdirAll(root, 0o700); err != nil {
		return fmt.Errorf("prepare database: %w", err)
	}
	if s.lock, err = acquire(filepath.Join(root, "lock")); err != nil {
		return err
	}
	who, err := findAccount()
	if err != nil {
		return err
	}
	s.cluster = cluster{root: root, who: who}
	if s.password, err = s.cluster.password(); err != nil {
		return err
	}
	found, err := FindBinaries(ctx, s.config.BinDirs...)
	if err != nil {
		return err
	}
	orphan, err := stopOrphan(ctx, s.cluster.data(), s.config.StopTimeout)
	if err != nil {
		return err
	}
	if orphan {
		s.config.Logger.WarnContext(ctx, "stopped a database server that was left behind")
	}
	binaries, fresh, err := s.cluster.choose(found)
	if err != nil {
		return err
	}
	if s.binaries, err = reachable(binaries, who); err != nil {
		return err
	}
	if fresh {
		return s.cluster.create(ctx, s.binaries, s.password, s.config.Unsafe)
	}
	return nil
}

// attempts bounds how often a start is tried: the port may be taken between
// choosing and using it, and the memory of a killed server may still be held by
// processes that are about to end.
const attempts = 20

// boot starts the server and waits until it takes connections.
func (s *Server) boot(ctx context.Context) (*process, error) {
	for attempt := 1; ; attempt++ {
		if s.port == 0 {
			ports, err := freeport.Find(ctx, 1)
			if err != nil {
				return nil, err
			}
			s.port = ports[0]
		}
		p, err := s.bootOnce(ctx)
		if err == nil {
			return p, nil
		}
		reason := logTail(s.cluster.logFile())
		passing := strings.Contains(reason, "shared memory block") || strings.Contains(reason, "Address already in use")
		if !passing || attempt == attempts || ctx.Err() != nil {
			return nil, fmt.Errorf("%w: %s", err, reason)
		}
		if s.config.Port == 0 {
			s.port = 0
		}
		_ = wait.For(ctx, 100*time.Millisecond)
	}
}

func (s *Server) bootOnce(ctx context.Context) (*process, error) {
	p, err := launch(s.cluster, s.binaries, s.config.settings(s.port))
	if err != nil {
		return nil, err
	}
	gone := false
	err = waitUntil(ctx, s.config.StartTimeout, func() bool {
		select {
		case <-p.exited:
			gone = true
			return true
		default:
		}
		f, err := readPidFile(s.cluster.data())
		return err == nil && f.ready && f.pid == p.cmd.Process.Pid
	})
	switch {
	case gone:
		return nil, ErrStart
	case err != nil:
		return nil, errors.Join(fmt.Errorf("%w in time: %w", ErrStart, err), p.stop(s.config.StopTimeout))
	}
	return p, nil
}

// supervise owns the process until Stop, and starts it again if it ends.
func (s *Server) supervise(p *process) {
	defer close(s.done)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for {
		select {
		case <-s.stopping:
			s.stopErr = errors.Join(p.stop(s.config.StopTimeout), s.unlock())
			return
		case <-p.exited:
		}
		s.config.Logger.Error("the database server ended and is started again", "error", p.err)
		if p = s.revive(ctx); p == nil {
			s.stopErr = s.unlock()
			return
		}
	}
}

// revive boots until it works or the server is to stop; then it returns nil.
func (s *Server) revive(ctx context.Context) *process {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-s.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	for rest := 100 * time.Millisecond; ctx.Err() == nil; rest = min(2*rest, 5*time.Second) {
		p, err := s.bootOnce(ctx)
		if err == nil {
			return p
		}
		if ctx.Err() == nil {
			s.config.Logger.ErrorContext(ctx, "the database server did not start", "error", err, "log", logTail(s.cluster.logFile()))
		}
		_ = wait.For(ctx, rest)
	}
	return nil
}

// ensureDatabase makes the database on first use.
func (s *Server) ensureDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.DatabaseURL("postgres"))
	if err != nil {
		return postgres.Wrap("prepare database", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // Nothing is lost.
	var there bool
	err = conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", s.config.Database).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "create database "+pgx.Identifier{s.config.Database}.Sanitize())
	}
	return postgres.Wrap("prepare database", err)
}
