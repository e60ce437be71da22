package projection

import (
	"errors"
	"log/slog"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Config says what to run. Fields without "optional" are required.
type Config struct {
	// Name of the projection, unique in the database: lower-case letters, digits
	// and "_". It elects and it labels metrics.
	Name string
	// Log is read.
	Log eventlog.Reader
	// Pool reaches the database. The elected process takes one connection more,
	// for itself.
	Pool *pgxpool.Pool
	// View is kept up to date.
	View View
	// Logger gets what operators should know.
	Logger *slog.Logger
	// Metrics is where metrics are registered; optional.
	Metrics prometheus.Registerer
	// MaxBatch bounds the messages of one transaction; optional, default 2,000.
	MaxBatch int
	// MaxBytes bounds what was read ahead of the transaction, in bytes; optional,
	// default 16 MiB.
	MaxBytes int
	// Gather bounds how long messages wait for others while thousands a second
	// arrive and nobody waits for a position, so that they share a transaction;
	// optional, default 20 milliseconds. While hundreds arrive they wait for at most
	// 8 milliseconds, and none when fewer do.
	Gather time.Duration
	// Durable makes each commit wait for the disk of the database. Rows that can
	// be computed from the log again do not need it: after a crash the checkpoint
	// stands as far back as they do.
	Durable bool
	// RetryMin and RetryMax bound the pause after an error; optional, default 50
	// milliseconds and 2 seconds.
	RetryMin, RetryMax time.Duration
	// StandbyEvery is how often a process that is not elected looks whether it
	// can be; optional, default 250 milliseconds.
	StandbyEvery time.Duration
}

func (c *Config) complete() error {
	switch {
	case !regexp.MustCompile(`^[a-z][a-z0-9_]*$`).MatchString(c.Name):
		return errors.New("projection: Name must be lower-case letters, digits and _")
	case c.Log == nil, c.Pool == nil, c.View == nil, c.Logger == nil:
		return errors.New("projection: Log, Pool, View and Logger must be set")
	}
	setDefault(&c.MaxBatch, 2000)
	setDefault(&c.MaxBytes, 16<<20)
	setDefault(&c.Gather, 20*time.Millisecond)
	setDefault(&c.RetryMin, 50*time.Millisecond)
	setDefault(&c.RetryMax, 2*time.Second)
	setDefault(&c.StandbyEvery, 250*time.Millisecond)
	c.Logger = c.Logger.With("projection", c.Name)
	return nil
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
