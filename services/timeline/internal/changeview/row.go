package changeview

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// row is one change as it is kept.
type row struct {
	id                string
	state             change.State // without its chain
	revision, updated int64
	// earliest and latest bound when it was ever said to take effect; moved: it was once
	// said to be of another service or kind.
	earliest, latest int64
	moved            bool
}

// columns are those of a row, in the order of [row.values].
func columns() []string {
	return []string{
		"id", "revision", "source", "key", "kind", "service", "environment", "version", "started_us", "ended_us", "began_us",
		"outcome", "author_id", "signal_id", "recorded_us", "updated_us", "title", "author_name", "link", "description", "labels", "redacted",
		"earliest_us", "latest_us", "moved",
	}
}

func (r row) values() ([]any, error) {
	k := r.state.Known
	labels := k.Labels
	if labels == nil {
		labels = map[string]string{}
	}
	document, err := json.Marshal(labels)
	if err != nil {
		return nil, fmt.Errorf("encode labels: %w", err)
	}
	return []any{
		r.id, r.revision, k.Source, k.Key, int32(k.Kind), k.Service, k.Environment, k.Version, change.Micros(k.StartedAt),
		change.Micros(k.EndedAt), change.Micros(k.Began()), int32(k.Outcome), k.AuthorID, k.SignalID, r.state.RecordedAt, r.updated,
		k.Title, k.AuthorName, k.Link, k.Description, string(document), r.state.Redacted,
		r.earliest, r.latest, r.moved,
	}, nil
}

// scan reads a row, all columns of it.
func scan(from pgx.CollectableRow) (row, error) {
	var r row
	var kind, outcome int32
	var started, ended, began int64
	k := &r.state.Known
	err := from.Scan(&r.id, &r.revision, &k.Source, &k.Key, &kind, &k.Service, &k.Environment, &k.Version, &started, &ended, &began,
		&outcome, &k.AuthorID, &k.SignalID, &r.state.RecordedAt, &r.updated, &k.Title, &k.AuthorName, &k.Link, &k.Description,
		&k.Labels, &r.state.Redacted, &r.earliest, &r.latest, &r.moved)
	k.Kind, k.Outcome = change.Kind(kind), change.Outcome(outcome)
	k.StartedAt, k.EndedAt = change.Time(started), change.Time(ended)
	return r, err
}

// load reads rows by their ids and holds them until the transaction ends.
func load(ctx context.Context, tx pgx.Tx, table string, ids []string) (map[string]row, error) {
	rows, err := tx.Query(ctx, "select "+strings.Join(columns(), ", ")+" from "+table+" where id = any($1) order by id for update", ids)
	if err != nil {
		return nil, postgres.Wrap("read changes", err)
	}
	found, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, postgres.Wrap("read changes", err)
	}
	byID := make(map[string]row, len(found))
	for _, r := range found {
		byID[r.id] = r
	}
	return byID, nil
}

// save writes rows. One that another process has brought further meanwhile stays.
func save(ctx context.Context, tx pgx.Tx, table string, rows []row) error {
	set, places := []string{}, []string{}
	for i, column := range columns() {
		places = append(places, fmt.Sprintf("$%d", i+1))
		set = append(set, column+" = excluded."+column)
	}
	sql := "insert into " + table + " as c (" + strings.Join(columns(), ", ") + ") values (" + strings.Join(places, ", ") +
		") on conflict (id) do update set " + strings.Join(set, ", ") +
		" where excluded.revision > c.revision or excluded.revision = c.revision and excluded.redacted"
	var sent pgx.Batch
	for _, r := range rows {
		values, err := r.values()
		if err != nil {
			return err
		}
		sent.Queue(sql, values...)
	}
	return postgres.Wrap("write changes", tx.SendBatch(ctx, &sent).Close())
}
