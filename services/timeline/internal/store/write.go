package store

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store/db"
)

const writing = "write timeline rows"

// Write writes rows into the version on the transaction's search path, in one
// round trip. Rows that are there are replaced.
func Write(ctx context.Context, tx pgx.Tx, rows fold.Rows) error {
	statements, err := Queue(rows)
	if err != nil {
		return err
	}
	return postgres.Wrap(writing, projection.Send(ctx, tx, statements))
}

// Queue returns the statements that Write runs.
func Queue(rows fold.Rows) (*pgx.Batch, error) {
	ctx := context.Background() // Nothing is run.
	statements := &pgx.Batch{}
	q := db.New(queue{statements})
	err := errors.Join(putIncidents(ctx, q, rows.Incidents), wantErasure(ctx, q, rows.Entries),
		putEntries(ctx, q, rows.Entries), putWords(ctx, q, rows.Entries))
	for _, p := range rows.Problems {
		err = errors.Join(err, q.PutProblem(ctx, db.PutProblemParams{
			IncidentID: string(p.Incident), Revision: int64(p.Revision), Sequence: int64(p.Sequence), Problem: p.Reason,
		}))
	}
	return statements, postgres.Wrap(writing, err)
}

// separator joins lists of names into one text, since arrays of arrays have to be
// of one length. Names hold no control characters.
const separator = "\x1f"

func putIncidents(ctx context.Context, q *db.Queries, incidents []row.Incident) error {
	if len(incidents) == 0 {
		return nil
	}
	var p db.PutIncidentsParams
	for i := range incidents {
		r := &incidents[i]
		p.Ids, p.Numbers, p.Revisions = append(p.Ids, r.ID), append(p.Numbers, r.Number), append(p.Revisions, r.Revision)
		p.Severities, p.Statuses, p.Kinds = append(p.Severities, r.Severity), append(p.Statuses, r.Status), append(p.Kinds, r.Kind)
		p.Open, p.Private, p.Drill = append(p.Open, r.Open), append(p.Private, r.Private), append(p.Drill, r.Drill)
		p.Merged, p.DeclaredAt = append(p.Merged, r.Merged), append(p.DeclaredAt, r.DeclaredAt)
		p.Waiting, p.Categories = append(p.Waiting, r.Waiting), append(p.Categories, r.Category)
		p.Services = append(p.Services, strings.Join(r.Services, separator))
		p.Holders = append(p.Holders, strings.Join(r.Holders, separator))
		p.Members = append(p.Members, strings.Join(r.Members, separator))
		p.Documents = append(p.Documents, r.Document)
	}
	return q.PutIncidents(ctx, p)
}

func putEntries(ctx context.Context, q *db.Queries, entries []row.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var p db.PutEntriesParams
	for i := range entries {
		e := entries[i].Storable()
		p.IncidentIds, p.Revisions = append(p.IncidentIds, e.IncidentID), append(p.Revisions, int64(e.Revision))
		p.Types, p.EventIds = append(p.Types, e.Type), append(p.EventIds, e.EventID)
		p.OccurredAt, p.RecordedAt = append(p.OccurredAt, e.OccurredAt), append(p.RecordedAt, e.RecordedAt)
		p.Actors, p.Headlines = append(p.Actors, string(e.Actor)), append(p.Headlines, e.Headline)
		p.Bodies, p.Originals = append(p.Bodies, e.Text), append(p.Originals, e.Original)
		p.Labels, p.Authors = append(p.Labels, e.Label), append(p.Authors, e.Author)
		p.Targets, p.Edited, p.Pinned = append(p.Targets, int64(e.Target)), append(p.Edited, e.Edited), append(p.Pinned, e.Pinned)
		p.Hidden, p.Redacted = append(p.Hidden, e.Hidden), append(p.Redacted, e.Redacted)
		p.Curation, p.ClockAdjusted = append(p.Curation, e.Curation), append(p.ClockAdjusted, e.ClockAdjusted)
	}
	return q.PutEntries(ctx, p)
}

// wantErasure asks for an erasure if rows that hold content are replaced by
// redacted ones. It comes before they are.
func wantErasure(ctx context.Context, q *db.Queries, entries []row.Entry) error {
	var p db.WantErasureParams
	for i := range entries {
		if e := &entries[i]; e.Redacted {
			p.IncidentIds, p.Revisions = append(p.IncidentIds, e.IncidentID), append(p.Revisions, int64(e.Revision))
		}
	}
	if len(p.Revisions) == 0 {
		return nil
	}
	return q.WantErasure(ctx, p)
}

// putWords keeps the words of entries that can be found, and takes away those of
// entries that cannot be any more.
func putWords(ctx context.Context, q *db.Queries, entries []row.Entry) error {
	var found db.PutWordsParams
	var gone db.DropWordsParams
	for i := range entries {
		e := entries[i].Storable()
		if e.Shown() && e.Text != "" {
			found.IncidentIds, found.Revisions = append(found.IncidentIds, e.IncidentID), append(found.Revisions, int64(e.Revision))
			found.RecordedAt, found.Bodies = append(found.RecordedAt, e.RecordedAt), append(found.Bodies, e.Text)
		} else if e.Hidden || e.Redacted || e.Edited {
			gone.IncidentIds, gone.Revisions = append(gone.IncidentIds, e.IncidentID), append(gone.Revisions, int64(e.Revision))
		}
	}
	var err error
	if len(found.Revisions) > 0 {
		err = q.PutWords(ctx, found)
	}
	if len(gone.Revisions) > 0 {
		err = errors.Join(err, q.DropWords(ctx, gone))
	}
	return err
}
