package changeview

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// told is one report as a message brought it.
type told struct {
	change.Report
	revision, recorded int64
	redacted           bool
}

// batch gathers reports by change, in the order of the log.
type batch struct{ told map[string][]told }

// Add implements [beside.Batch].
func (b *batch) Add(m eventlog.Message) error {
	if _, ok := eventlog.RedactedSequence(m.Subject); ok {
		replacement, err := eventlog.ReplacementOf(m)
		if err != nil {
			return err
		}
		m = replacement
	}
	id, ok := strings.CutPrefix(m.Subject, change.SubjectPrefix)
	if !ok {
		return nil
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return fmt.Errorf("message %d: %w", m.Sequence, err)
	}
	var reports []told
	for _, r := range commit.Records {
		t, err := tell(r)
		if errors.Is(err, change.ErrUnknownType) {
			continue // a later version shows it
		}
		if err != nil {
			return fmt.Errorf("message %d: %w", m.Sequence, err)
		}
		reports = append(reports, t)
	}
	b.told[id] = append(b.told[id], reports...)
	return nil
}

// tell takes a report from a record, without the characters that the database cannot
// keep: what is folded and what is kept are the same.
func tell(r chain.Record) (told, error) {
	envelope, err := r.Envelope()
	if err != nil {
		return told{}, err
	}
	report, err := change.Decode(envelope.Type, r)
	if err != nil {
		return told{}, err
	}
	for _, text := range []*string{
		&report.Source, &report.Key, &report.Service, &report.Environment, &report.Version, &report.AuthorID, &report.SignalID,
		&report.Title, &report.AuthorName, &report.Link, &report.Description,
	} {
		*text = incident.Sanitize(*text)
	}
	clean := make(map[string]string, len(report.Labels))
	for name, value := range report.Labels {
		clean[incident.Sanitize(name)] = incident.Sanitize(value)
	}
	report.Labels = clean
	return told{report, int64(envelope.Revision), envelope.RecordedAtMicros, r.Redacted}, nil
}

// Write implements [beside.Batch]. Rows are locked in the order of their ids, so that
// two writers cannot wait for each other.
func (b *batch) Write(ctx context.Context, tx pgx.Tx, table string) error {
	if len(b.told) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(b.told))
	rows, err := load(ctx, tx, table, ids)
	if err != nil {
		return err
	}
	var changed []row
	for _, id := range ids {
		if next, differs := rows[id].after(b.told[id]); differs {
			next.id = id
			changed = append(changed, next)
		}
	}
	return save(ctx, tx, table, changed)
}

// after folds reports behind a row and tells whether it became another.
func (r row) after(reports []told) (row, bool) {
	differs := false
	for _, t := range reports {
		if t.revision <= r.revision {
			// Of two readings of one report the redacted one holds.
			if t.redacted && !r.state.Redacted {
				r.state.Redacted, r.state.Known, differs = true, r.state.Known.WithoutContent(), true
			}
			continue
		}
		before := r
		r.state = r.state.Take(t.Report, t.redacted, t.recorded)
		r.revision, r.updated, differs = t.revision, t.recorded, true
		r.span(before)
	}
	return r, differs
}

// span notes what the change was said to be, besides what is known now.
func (r *row) span(before row) {
	began := change.Micros(r.state.Known.Began())
	if before.revision == 0 {
		r.earliest, r.latest = began, began
		return
	}
	r.earliest, r.latest = min(r.earliest, began), max(r.latest, began)
	now, then := r.state.Known, before.state.Known
	r.moved = r.moved || now.Service != then.Service || now.Kind != then.Kind
}
