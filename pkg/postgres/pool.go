package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Options tune a pool. The zero value is right for a service.
type Options struct {
	// Application is shown in pg_stat_activity.
	Application string
	// MaxConns bounds the connections; 0 means 8.
	MaxConns int32
	// ConnectTimeout bounds one attempt to connect; 0 means 5 seconds.
	ConnectTimeout time.Duration
	// StatementTimeout lets the server end a statement that takes longer; 0
	// means 30 seconds, negative means no limit.
	StatementTimeout time.Duration
	// Tracer observes queries; may be nil.
	Tracer pgx.QueryTracer
}

// Defaults of [Options].
const (
	defaultMaxConns         = 8
	defaultConnectTimeout   = 5 * time.Second
	defaultStatementTimeout = 30 * time.Second
	idleTransactionTimeout  = time.Minute
)

// Open makes a pool for a URL or a key=value string. It does not connect: a
// database that is down shows when the pool is used, as [ErrUnavailable], and
// the pool recovers by itself. The caller closes it.
func Open(ctx context.Context, url string, o Options) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The parser's text quotes the URL, which may hold a password.
		return nil, errors.New("open database: the address is not valid: use postgres://USER:PASSWORD@HOST:PORT/NAME")
	}
	o.apply(config)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, Wrap("open database", err)
	}
	return pool, nil
}

func (o Options) apply(config *pgxpool.Config) {
	config.MaxConns = orElse(o.MaxConns, defaultMaxConns)
	config.MaxConnIdleTime = 5 * time.Minute
	config.MaxConnLifetime = time.Hour
	config.MaxConnLifetimeJitter = 5 * time.Minute
	config.HealthCheckPeriod = 15 * time.Second
	conn := config.ConnConfig
	conn.ConnectTimeout = orElse(o.ConnectTimeout, defaultConnectTimeout)
	conn.Tracer = o.Tracer
	parameters := conn.RuntimeParams
	if o.Application != "" {
		parameters["application_name"] = o.Application
	}
	parameters["timezone"] = "UTC"
	parameters["idle_in_transaction_session_timeout"] = millis(idleTransactionTimeout)
	if statement := orElse(o.StatementTimeout, defaultStatementTimeout); statement > 0 {
		parameters["statement_timeout"] = millis(statement)
	}
}

func millis(d time.Duration) string { return fmt.Sprintf("%d", d.Milliseconds()) }

func orElse[T int32 | time.Duration](v, fallback T) T {
	if v == 0 {
		return fallback
	}
	return v
}

// Ping tells whether the database answers: nil or [ErrUnavailable].
func Ping(ctx context.Context, pool *pgxpool.Pool) error {
	if err := pool.Ping(ctx); err != nil {
		return Wrap("reach database", err)
	}
	return nil
}
