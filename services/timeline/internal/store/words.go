package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

// wordsChunk is how many entries are made searchable in one transaction, during
// which the projection waits.
const wordsChunk = 500

// Halves returns an incident that has about as many before it as after it; empty
// when there are few.
func (m *Model) Halves(ctx context.Context) (string, error) {
	var id string
	err := m.inTx(ctx, "halve timeline model", func(tx pgx.Tx) (err error) {
		id, err = db.New(tx).MiddleIncident(ctx)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return id, err
}

// fillWords makes the next entries after a key searchable. Holding the checkpoint
// keeps the projection from changing them meanwhile, so that a text that is
// redacted at this moment cannot come back.
const fillWords = `with chunk as materialized (
		select incident_id, revision, recorded_at, body, curation, hidden from entry
		where (incident_id, revision) > ($1, $2) and ($3 = '' or incident_id < $3)
		order by incident_id, revision limit $4
	), filled as (
		insert into entry_words (incident_id, revision, recorded_at, words)
		select incident_id, revision, recorded_at, to_tsvector('english', body) from chunk
		where body <> '' and not curation and not hidden
		on conflict (incident_id, revision) do nothing
	)
	select incident_id, revision, (select count(*) from chunk) from chunk order by incident_id desc, revision desc limit 1`

// FillWords makes the entries of incidents from one id to before another
// searchable (empty: from the first, to the last), and reports how many it has
// looked at after each step.
func (m *Model) FillWords(ctx context.Context, from, before string, step func(entries int)) error {
	id, revision := from, int64(-1)
	for {
		var n int
		err := m.inTx(ctx, "index words", func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "select from checkpoint for share"); err != nil {
				return err
			}
			return tx.QueryRow(ctx, fillWords, id, revision, before, wordsChunk).Scan(&id, &revision, &n)
		})
		if errors.Is(err, postgres.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		step(n)
	}
}

// FinishWords makes the index of words and says that searches find everything.
func (m *Model) FinishWords(ctx context.Context) error {
	const op = "index words"
	name := schemaOf(m.Version)
	return onConn(ctx, m.pool, op, "set statement_timeout to 0; set maintenance_work_mem to '256MB'", func(conn *pgxpool.Conn) error {
		for _, statement := range []string{
			// Left behind, unusable, by an attempt that was interrupted.
			"drop index if exists " + name + ".entry_words_words",
			// Writes go on meanwhile.
			"create index concurrently entry_words_words on " + name + ".entry_words using gin (words) with (gin_pending_list_limit = 128)",
			"analyze " + name + ".entry_words",
		} {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return db.New(conn).SetSearchable(ctx, int32(m.Version))
	})
}

// Model returns a version, to go on with its search index.
func (s *Store) Model(version int) *Model { return &Model{pool: s.pool, Version: version} }
