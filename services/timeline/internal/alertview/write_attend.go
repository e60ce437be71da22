package alertview

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// updateAcked says who takes care of alerts, the first one, and takes the words of
// what was redacted.
const updateAcked = `update %s a set acked_us = rows.at_us, acked_recorded_us = rows.recorded_us, acked_revision = rows.revision,
		acked_by = rows.by_id, acked_signal_id = rows.signal_id, acked_note = rows.text, acked_said_by = rows.said_by,
		acked_redacted = rows.redacted
	from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::boolean[])
		as rows (id, revision, at_us, recorded_us, by_id, signal_id, text, said_by, redacted)
	where a.id = rows.id and (a.acked_us is null or a.acked_revision = rows.revision and rows.redacted and not a.acked_redacted)`

// updateLinked says which incident has alerts that had none when they fired.
const updateLinked = `update %s a set incident_id = rows.incident_id
	from unnest($1::text[], $2::text[]) as rows (id, incident_id) where a.id = rows.id and a.incident_id = ''`

// updateNotes adds notes. A note that is there stays as it is, but for one that was
// redacted.
const updateNotes = `update %s a set notes = rows.notes::jsonb || a.notes || rows.redacted::jsonb
	from unnest($1::text[], $2::text[], $3::text[]) as rows (id, notes, redacted) where a.id = rows.id`

// writeSaid writes what people did. Repeating it changes nothing.
func writeSaid(ctx context.Context, tx pgx.Tx, table string, c changes) error {
	if len(c.acked) > 0 {
		if _, err := tx.Exec(ctx, fmt.Sprintf(updateAcked, table), ackedArgs(c.acked)...); err != nil {
			return postgres.Wrap("write acknowledgments of alerts", err)
		}
	}
	if len(c.links) > 0 {
		ids, incidents := slices.Sorted(maps.Keys(c.links)), []string{}
		for _, id := range ids {
			incidents = append(incidents, incident.Sanitize(c.links[id]))
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf(updateLinked, table), ids, incidents); err != nil {
			return postgres.Wrap("write incidents of alerts", err)
		}
	}
	if len(c.notes) > 0 {
		args, err := notesArgs(c.notes)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf(updateNotes, table), args...); err != nil {
			return postgres.Wrap("write notes of alerts", err)
		}
	}
	return nil
}

func ackedArgs(rows map[string]said) []any {
	const texts = 5 // id, by, signal, text, said by
	var text [texts][]string
	var revision, at, recorded []int64
	var redacted []bool
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		r := rows[id]
		for i, value := range [texts]string{id, r.By, r.Signal, r.Text, r.SaidBy} {
			text[i] = append(text[i], incident.Sanitize(value))
		}
		revision, at, recorded = append(revision, int64(r.revision)), append(at, r.At), append(recorded, r.Recorded)
		redacted = append(redacted, r.Redacted)
	}
	return []any{text[0], revision, at, recorded, text[1], text[2], text[3], text[4], redacted}
}

// notesArgs are the notes of each alert as documents: all of them, and those that
// were redacted.
func notesArgs(rows map[string]map[uint64]said) ([]any, error) {
	var ids, all, gone []string
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		every, redacted := map[uint64]said{}, map[uint64]said{}
		for revision, n := range rows[id] {
			n.By, n.Signal, n.Text, n.SaidBy = incident.Sanitize(n.By), incident.Sanitize(n.Signal), incident.Sanitize(n.Text), incident.Sanitize(n.SaidBy)
			if every[revision] = n; n.Redacted {
				redacted[revision] = n
			}
		}
		var documents [2][]byte
		for i, notes := range []map[uint64]said{every, redacted} {
			var err error
			if documents[i], err = json.Marshal(notes); err != nil {
				return nil, fmt.Errorf("encode notes: %w", err)
			}
		}
		ids, all, gone = append(ids, id), append(all, string(documents[0])), append(gone, string(documents[1]))
	}
	return []any{ids, all, gone}, nil
}
