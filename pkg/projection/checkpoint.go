package projection

import (
	"context"
	"errors"
	"fmt"

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

// moveSQL moves the checkpoint. One that stands elsewhere gets no sequence, which its
// table refuses, so the transaction cannot go on.
const moveSQL = `update checkpoint set epoch = $1, hash = $2,
	sequence = case when epoch = $4 and sequence = $5 and hash = $6 then $3::bigint end`

// move are the arguments of moveSQL.
func move(from, to eventlog.Position) []any {
	return []any{to.Epoch, hashOf(to), int64(to.Sequence), from.Epoch, int64(from.Sequence), hashOf(from)}
}

// Advance moves the checkpoint on the search path from one position to another,
// or returns [ErrFenced] when it stands elsewhere.
func Advance(ctx context.Context, e Execer, from, to eventlog.Position) error {
	tag, err := e.Exec(ctx, moveSQL, move(from, to)...)
	answer, refused := errors.AsType[*pgconn.PgError](err)
	if refused && answer.Code == notNullViolation || err == nil && tag.RowsAffected() != 1 {
		return fmt.Errorf("advance checkpoint from %d to %d: %w", from.Sequence, to.Sequence, ErrFenced)
	}
	return postgres.Wrap("advance checkpoint", err)
}

// notNullViolation is the SQLSTATE of a null where none may be.
const notNullViolation = "23502"

// hashOf is empty at the beginning of a log.
func hashOf(p eventlog.Position) []byte {
	if p.IsStart() {
		return []byte{}
	}
	return p.Hash[:]
}
