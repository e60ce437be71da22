package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
)

// Write writes rows into the version on the transaction's search path, in one
// round trip. Rows that are there are replaced.
func Write(ctx context.Context, tx pgx.Tx, rows fold.Rows) error {
	batch := &pgx.Batch{}
	queueIncidents(batch, rows)
	queueEntries(batch, rows)
	for _, p := range rows.Problems {
		batch.Queue(`insert into quarantine (incident_id, revision, sequence, problem) values ($1, $2, $3, $4)
			on conflict (incident_id) do nothing`, string(p.Incident), int64(p.Revision), int64(p.Sequence), p.Reason)
	}
	if batch.Len() == 0 {
		return nil
	}
	results := tx.SendBatch(ctx, batch)
	for range batch.Len() {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // says the same
			return postgres.Wrap("write timeline rows", err)
		}
	}
	return postgres.Wrap("write timeline rows", results.Close())
}

// separator joins lists of names into one text, since arrays of arrays have to be
// of one length. Names hold no control characters.
const separator = "\x1f"

func queueIncidents(batch *pgx.Batch, rows fold.Rows) {
	n := len(rows.Incidents)
	if n == 0 {
		return
	}
	c := newColumns(15, n)
	for i := range rows.Incidents {
		r := &rows.Incidents[i]
		c.add(r.ID, r.Number, r.Revision, r.Severity, r.Status, r.Kind, r.Open, r.Private, r.Drill, r.Merged, r.DeclaredAt,
			strings.Join(r.Services, separator), strings.Join(r.Holders, separator), strings.Join(r.Members, separator), r.Document)
	}
	batch.Queue(`insert into incident as i (id, number, revision, severity, status, kind, open, private, drill, merged,
			declared_at, services, holders, members, document)
		select id, number, revision, severity, status, kind, open, private, drill, merged, declared_at,
			string_to_array(services, chr(31)), string_to_array(holders, chr(31)), string_to_array(members, chr(31)), document
		from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::boolean[], $8::boolean[],
			$9::boolean[], $10::boolean[], $11::timestamptz[], $12::text[], $13::text[], $14::text[], $15::bytea[])
			as rows (id, number, revision, severity, status, kind, open, private, drill, merged, declared_at,
				services, holders, members, document)
		on conflict (id) do update set number = excluded.number, revision = excluded.revision, severity = excluded.severity,
			status = excluded.status, kind = excluded.kind, open = excluded.open, private = excluded.private,
			drill = excluded.drill, merged = excluded.merged, declared_at = excluded.declared_at,
			services = excluded.services, holders = excluded.holders, members = excluded.members, document = excluded.document`,
		c.args()...)
}

func queueEntries(batch *pgx.Batch, rows fold.Rows) {
	n := len(rows.Entries)
	if n == 0 {
		return
	}
	c := newColumns(19, n)
	for i := range rows.Entries {
		c.add(rows.Entries[i].Values(nil)...)
	}
	batch.Queue(`insert into entry (incident_id, revision, type, event_id, occurred_at, recorded_at, actor, headline, body,
			original, label, author, target, edited, pinned, hidden, redacted, curation, clock_adjusted)
		select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[],
			$8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::boolean[], $15::boolean[],
			$16::boolean[], $17::boolean[], $18::boolean[], $19::boolean[])
		on conflict (incident_id, revision) do update set body = excluded.body, original = excluded.original, author = excluded.author,
			edited = excluded.edited, pinned = excluded.pinned, hidden = excluded.hidden, redacted = excluded.redacted`,
		c.args()...)
	queueWords(batch, rows)
}

// queueWords keeps the words of entries that can be found, and takes away those
// of entries that cannot be any more.
func queueWords(batch *pgx.Batch, rows fold.Rows) {
	found, gone := newColumns(4, 0), newColumns(2, 0)
	for i := range rows.Entries {
		e := &rows.Entries[i]
		if e.Shown() && e.Text != "" {
			found.add(e.IncidentID, int64(e.Revision), e.RecordedAt, e.Text)
		} else if e.Hidden || e.Redacted || e.Edited {
			gone.add(e.IncidentID, int64(e.Revision))
		}
	}
	if found.len() > 0 {
		batch.Queue(`insert into entry_words (incident_id, revision, recorded_at, words)
			select id, revision, recorded_at, to_tsvector('english', body)
			from unnest($1::text[], $2::bigint[], $3::timestamptz[], $4::text[]) as rows (id, revision, recorded_at, body)
			on conflict (incident_id, revision) do update set words = excluded.words`, found.args()...)
	}
	if gone.len() > 0 {
		batch.Queue(`delete from entry_words w using unnest($1::text[], $2::bigint[]) as rows (id, revision)
			where w.incident_id = rows.id and w.revision = rows.revision`, gone.args()...)
	}
}

// columns are rows turned on their side, as unnest takes them.
type columns struct{ values [][]any }

func newColumns(count, capacity int) *columns {
	c := &columns{values: make([][]any, count)}
	for i := range c.values {
		c.values[i] = make([]any, 0, capacity)
	}
	return c
}

func (c *columns) add(row ...any) {
	for i, v := range row {
		c.values[i] = append(c.values[i], v)
	}
}

func (c *columns) len() int { return len(c.values[0]) }

func (c *columns) args() []any {
	args := make([]any, len(c.values))
	for i := range c.values {
		args[i] = c.values[i]
	}
	return args
}
