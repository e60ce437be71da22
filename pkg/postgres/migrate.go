package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/tern/v2/migrate"
)

// ErrNewer: the schema was migrated by a later version of the program.
var ErrNewer = errors.New("the database was written by a later version: update this program")

// Migrate brings a schema to the newest of the migrations in files, which are
// named "001_what.sql", "002_what.sql" and so on and are never changed once
// released. The schema is made if need be, and is the search path while they
// run; the version is kept in its table schema_version. Several callers at once
// wait for each other.
func Migrate(ctx context.Context, pool *pgxpool.Pool, schema string, files fs.FS) error {
	op := "migrate schema " + schema
	conn, err := enter(ctx, pool, schema)
	if err != nil {
		return Wrap(op, err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // Nothing is lost.
	migrator, err := migrate.NewMigrator(ctx, conn, schema+".schema_version")
	if err != nil {
		return Wrap(op, err)
	}
	if err := migrator.LoadMigrations(files); err != nil {
		return fmt.Errorf("%s: read migrations: %w", op, err)
	}
	err = migrator.Migrate(ctx)
	if _, unknown := errors.AsType[migrate.BadVersionError](err); unknown {
		return fmt.Errorf("%s: %w", op, ErrNewer)
	}
	return Wrap(op, err)
}

// schemaLock is the key of the advisory lock under which schemas are made:
// "create schema if not exists" by two sessions at once fails in one of them.
const schemaLock = 0x62726c67

// enter makes the schema and connects with it as the search path. That is a
// connection of its own, since the search path has to outlive the "reset all"
// which follows each step, and a step may take longer than a statement may.
func enter(ctx context.Context, pool *pgxpool.Pool, schema string) (*pgx.Conn, error) {
	config := pool.Config().ConnConfig.Copy()
	name := pgx.Identifier{schema}.Sanitize()
	config.RuntimeParams["search_path"] = name
	delete(config.RuntimeParams, "statement_timeout")
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(schemaLock)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "create schema if not exists "+name)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
	}
	return conn, nil
}
