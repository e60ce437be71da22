package projection

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// ErrFenced means that somebody else moved the checkpoint.
var ErrFenced = errors.New("another projector moved the checkpoint")

// CheckpointTable makes the table checkpoint with its one row, at the beginning
// of every log. It is part of the schema of every view.
const CheckpointTable = `
create table checkpoint (
  only_row boolean primary key default true check (only_row),
  epoch    text not null default '',
  sequence bigint not null default 0,
  hash     bytea not null default ''
) with (fillfactor = 10);
insert into checkpoint default values;
`

// Querier is a connection, a pool or a transaction.
type Querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Checkpoint reads the position that the rows on the search path stand for.
func Checkpoint(ctx context.Context, q Querier) (eventlog.Position, error) {
	var p eventlog.Position
	var sequence int64
	var hash []byte
	err := q.QueryRow(ctx, "select epoch, sequence, hash from checkpoint").Scan(&p.Epoch, &sequence, &hash)
	if err != nil {
		return eventlog.Position{}, postgres.Wrap("read checkpoint", err)
	}
	p.Sequence = uint64(sequence)
	copy(p.Hash[:], hash)
	return p, nil
}

// Execer is a connection, a pool or a transaction.
type Execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Advance moves the checkpoint on the search path from one position to another,
// or returns [ErrFenced] when it stands elsewhere.
func Advance(ctx context.Context, e Execer, from, to eventlog.Position) error {
	const sql = `update checkpoint set epoch = $1, sequence = $2, hash = $3
		where epoch = $4 and sequence = $5 and hash = $6`
	tag, err := e.Exec(ctx, sql, to.Epoch, int64(to.Sequence), hashOf(to), from.Epoch, int64(from.Sequence), hashOf(from))
	if err != nil {
		return postgres.Wrap("advance checkpoint", err)
	}
	if tag.RowsAffected() != 1 {
		return fmt.Errorf("advance checkpoint from %d to %d: %w", from.Sequence, to.Sequence, ErrFenced)
	}
	return nil
}

// beginAt sends the beginning of a transaction, which sets the search path,
// together with the update of the checkpoint. A checkpoint that stands elsewhere
// gets no sequence, which its table refuses, so the transaction cannot go on.
func beginAt(ctx context.Context, conn *pgx.Conn, begin string, from, to eventlog.Position) (pgx.Tx, error) {
	const move = `; update checkpoint set epoch = %s, hash = decode('%x', 'hex'),
		sequence = case when epoch = %s and sequence = %d and hash = decode('%x', 'hex') then %d end`
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: begin +
		fmt.Sprintf(move, quote(to.Epoch), hashOf(to), quote(from.Epoch), from.Sequence, hashOf(from), to.Sequence)})
	if answer, ok := errors.AsType[*pgconn.PgError](err); ok && answer.Code == notNullViolation {
		return nil, fmt.Errorf("advance checkpoint from %d to %d: %w", from.Sequence, to.Sequence, ErrFenced)
	}
	if err != nil {
		return nil, postgres.Wrap("begin batch", err)
	}
	return tx, nil
}

// notNullViolation is the SQLSTATE of a null where none may be.
const notNullViolation = "23502"

// quote returns a literal of SQL.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// hashOf is empty at the beginning of a log.
func hashOf(p eventlog.Position) []byte {
	if p.IsStart() {
		return []byte{}
	}
	return p.Hash[:]
}
