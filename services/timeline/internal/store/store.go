package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

// schema holds what is not part of a version.
const schema = "timeline"

//go:embed migrations/*.sql
var migrations embed.FS

// Store is the read model. Its methods are safe for concurrent use. Errors are
// those of package postgres unless a method says otherwise.
type Store struct {
	pool     *pgxpool.Pool
	prepared chan struct{} // closed when this process has prepared it
	once     sync.Once
}

// Live says which version of the model answers.
type Live struct {
	// Version is the number of its schema.
	Version int
	// Fold is the version of the fold that made it.
	Fold int
	// Searchable is false while its search index is still being built.
	Searchable bool
}

// New returns a store on a pool, which the caller closes. Reads wait
// for [Store.Prepare], for a while.
func New(pool *pgxpool.Pool) *Store { return &Store{pool: pool, prepared: make(chan struct{})} }

// Prepare brings the database to the form that this program needs. fold is the
// version of its fold; a database without a model gets an empty one.
func (s *Store) Prepare(ctx context.Context, fold int) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("prepare timeline store: %w", err)
	}
	if err := postgres.Migrate(ctx, s.pool, schema, files); err != nil {
		return err
	}
	if err := s.ensure(ctx, fold); err != nil {
		return err
	}
	s.once.Do(func() { close(s.prepared) })
	return nil
}

// ErrPreparing means that the database is there, but not yet prepared for this
// program.
var ErrPreparing = errors.New("the read model is being prepared")

// preparePatience bounds how long a read waits for Prepare.
const preparePatience = 2 * time.Second

// awaitPrepared returns when the database is prepared. It returns [ErrPreparing]
// when that takes long.
func (s *Store) awaitPrepared(ctx context.Context, op string) error {
	select {
	case <-s.prepared:
		return nil
	default:
	}
	patience := time.NewTimer(preparePatience)
	defer patience.Stop()
	select {
	case <-s.prepared:
		return nil
	case <-patience.C:
		if err := postgres.Ping(ctx, s.pool); err != nil {
			return postgres.Wrap(op, err)
		}
		return fmt.Errorf("%s: %w", op, ErrPreparing)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", op, ctx.Err())
	}
}

// ensure makes version 1 in a new database.
func (s *Store) ensure(ctx context.Context, fold int) error {
	const op = "make timeline model"
	return s.inTx(ctx, op, func(tx pgx.Tx) error {
		// Of several services that start at once one makes it.
		if _, err := tx.Exec(ctx, "lock table timeline.live in exclusive mode"); err != nil {
			return err
		}
		q := db.New(tx)
		if exists, err := q.HasLive(ctx); err != nil || exists {
			return err
		}
		if err := createModel(ctx, tx, 1, modelSQL, projection.CheckpointTable,
			incidentSQL, incidentIndexesSQL, entrySQL, entryIndexesSQL, modelSearchSQL); err != nil {
			return err
		}
		return q.BeginLive(ctx, int32(fold))
	})
}

var (
	//go:embed model.sql
	modelSQL string
	//go:embed model_incident.sql
	incidentSQL string
	//go:embed model_incident_indexes.sql
	incidentIndexesSQL string
	//go:embed model_entry.sql
	entrySQL string
	//go:embed model_entry_indexes.sql
	entryIndexesSQL string
	//go:embed model_search.sql
	modelSearchSQL string
)

// createModel makes the schema of a version with the given parts.
func createModel(ctx context.Context, tx pgx.Tx, version int, parts ...string) error {
	name := schemaOf(version)
	for _, statement := range []string{
		"drop schema if exists " + name + " cascade", "create schema " + name, "set local search_path to " + name,
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	for _, part := range parts {
		if _, err := tx.Conn().PgConn().Exec(ctx, part).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}

// schemaOf is the name of a version's schema.
func schemaOf(version int) string { return "timeline_v" + strconv.Itoa(version) }

// Live returns the version that answers.
func (s *Store) Live(ctx context.Context) (Live, error) {
	var l Live
	if err := s.awaitPrepared(ctx, "find timeline model"); err != nil {
		return l, err
	}
	r, err := db.New(s.pool).Live(ctx)
	return Live{Version: int(r.Version), Fold: int(r.Fold), Searchable: r.Searchable}, postgres.Wrap("find timeline model", err)
}

// inTx runs fn in a transaction.
func (s *Store) inTx(ctx context.Context, op string, fn func(pgx.Tx) error) error {
	return postgres.Wrap(op, pgx.BeginFunc(ctx, s.pool, fn))
}
