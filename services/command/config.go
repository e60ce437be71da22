package command

import (
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// Config says what a service works with.
type Config struct {
	// Log is where everything is written; required.
	Log eventlog.Log
	// Server gets the services; required. It must authenticate (package rpc).
	Server grpc.ServiceRegistrar
	// Catalog follows the same log; required. Whoever made it runs it.
	Catalog *catalog.Follower
	// Logger is required.
	Logger *slog.Logger

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Random makes ids, salts and tokens; nil means crypto/rand.
	Random io.Reader
	// Tracer makes spans; nil: none.
	Tracer trace.TracerProvider
	// Metrics gets the service's metrics; nil: nowhere.
	Metrics prometheus.Registerer

	// Bootstrap are tokens that have to exist before anybody can make one.
	Bootstrap []BootstrapToken
	// CacheEntries bounds how many incidents are kept in memory; 0 means 20,000.
	CacheEntries int
	// CacheBytes bounds their memory, roughly; 0 means 64 MiB.
	CacheBytes int
	// SweepEvery is how often interrupted redactions are finished; 0 means ten
	// minutes. They are also finished at the start.
	SweepEvery time.Duration
}

// BootstrapToken is a token that exists from the first start. One of the same
// name whose secret differs is replaced.
type BootstrapToken struct {
	// Name of the token in the catalog.
	Name string
	// Person, when not empty, is the person it acts for. Who does not exist yet is
	// made, with DisplayName as the name for people and the token's role.
	Person, DisplayName string
	// Role is what it may do.
	Role authv1.AccountRole
	// Hash is that of its secret.
	Hash auth.Hash
	// Impersonate lets it act for anybody: for our own services only.
	Impersonate bool
}

// Defaults of a Config.
const (
	defaultCacheEntries = 20_000
	defaultCacheBytes   = 64 << 20
	defaultSweepEvery   = 10 * time.Minute
)

// complete fills in the defaults, or says which setting is missing.
func (c *Config) complete() error {
	switch {
	case c.Log == nil:
		return errors.New("command: Log is not set")
	case c.Server == nil:
		return errors.New("command: Server is not set")
	case c.Catalog == nil:
		return errors.New("command: Catalog is not set")
	case c.Logger == nil:
		return errors.New("command: Logger is not set")
	case c.CacheEntries < 0 || c.CacheBytes < 0 || c.SweepEvery < 0:
		return errors.New("command: CacheEntries, CacheBytes and SweepEvery must not be negative")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Tracer == nil {
		c.Tracer = noop.NewTracerProvider()
	}
	if c.CacheEntries == 0 {
		c.CacheEntries = defaultCacheEntries
	}
	if c.CacheBytes == 0 {
		c.CacheBytes = defaultCacheBytes
	}
	if c.SweepEvery == 0 {
		c.SweepEvery = defaultSweepEvery
	}
	return nil
}
