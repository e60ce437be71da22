package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/postgres/private"
)

// Server is shared by the tests of one binary. Its zero value is ready: the
// server starts when the first test asks for a database.
type Server struct {
	once    sync.Once
	dir     string
	server  *private.Server
	url     string
	err     error
	counter atomic.Int64
}

// Run runs the tests, stops the server and looks for goroutines that were left
// behind. It returns the exit code.
func (s *Server) Run(m *testing.M, options ...goleak.Option) int {
	code := m.Run()
	if err := s.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = max(code, 1)
	}
	if code == 0 {
		if err := goleak.Find(options...); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
			code = 1
		}
	}
	return code
}

// URL makes an empty database for the test and returns its address. The database
// is dropped when the test ends.
func (s *Server) URL(t testing.TB) string {
	t.Helper()
	s.once.Do(s.start)
	if s.err != nil {
		t.Fatalf("start a database server for tests: %v", s.err)
	}
	name := "test_" + strconv.Itoa(os.Getpid()) + "_" + strconv.FormatInt(s.counter.Add(1), 10)
	s.admin(t, "create database "+name)
	t.Cleanup(func() { s.admin(t, "drop database if exists "+name+" with (force)") })
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatalf("address of the database server: %v", err)
	}
	u.Path = "/" + name
	return u.String()
}

// Pool makes an empty database for the test and opens a pool on it, which is
// closed when the test ends.
func (s *Server) Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Open(t, s.URL(t))
}

// Open opens a pool that is closed when the test ends.
func Open(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	pool, err := postgres.Open(context.Background(), url, postgres.Options{Application: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func (s *Server) start() {
	if given := os.Getenv("BRIDGELOG_TEST_DATABASE_URL"); given != "" {
		s.url = given
		return
	}
	if s.dir, s.err = os.MkdirTemp("", "bridgelog-pgtest-"); s.err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	s.server, s.err = private.Start(ctx, Config(s.dir))
	if s.err == nil {
		s.url = s.server.URL()
	}
}

// Config is that of a server for tests in dir: without syncs, with the binaries
// of BRIDGELOG_POSTGRES_BIN if it is set.
func Config(dir string) private.Config {
	return private.Config{Dir: dir, BinDirs: []string{os.Getenv("BRIDGELOG_POSTGRES_BIN")}, Unsafe: true, MaxConnections: 200}
}

func (s *Server) stop() error {
	if s.dir == "" {
		return nil
	}
	var err error
	if s.server != nil {
		err = s.server.Stop()
	}
	if gone := os.RemoveAll(s.dir); err == nil {
		err = gone
	}
	return err
}

// admin runs a statement in the server's own database, by a connection of its
// own, since databases cannot be made or dropped in a transaction.
func (s *Server) admin(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		t.Fatalf("connect to the database server: %v", err)
	}
	defer conn.Close(ctx) //nolint:errcheck // Nothing is lost.
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Errorf("%s: %v", strings.Fields(statement)[0], err)
	}
}
