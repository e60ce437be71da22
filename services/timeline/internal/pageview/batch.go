package pageview

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/pkg/postgres"
)

// batch gathers the events of pages, in the order of the log.
type batch struct{ records map[string][]chain.Record }

// Add implements [beside.Batch]. A redaction changes no page: pages have no words.
func (b *batch) Add(m eventlog.Message) error {
	id, ok := strings.CutPrefix(m.Subject, page.SubjectPrefix)
	if !ok {
		return nil
	}
	commit, err := chain.Open(m.Data)
	if err != nil {
		return fmt.Errorf("message %d: %w", m.Sequence, err)
	}
	for _, r := range commit.Records {
		if _, err := page.FoldRecord(page.State{}, r); err != nil {
			return fmt.Errorf("message %d: %w", m.Sequence, err)
		}
	}
	b.records[id] = append(b.records[id], commit.Records...)
	return nil
}

// Write implements [beside.Batch]. Rows are locked in the order of their ids, so that
// two writers cannot wait for each other.
func (b *batch) Write(ctx context.Context, tx pgx.Tx, table string) error {
	if len(b.records) == 0 {
		return nil
	}
	ids := slices.Sorted(maps.Keys(b.records))
	states, err := load(ctx, tx, table, ids)
	if err != nil {
		return err
	}
	var sent pgx.Batch
	for _, id := range ids {
		next, err := after(states[id], b.records[id])
		if err != nil {
			return err
		}
		if next.Head.Revision == states[id].Head.Revision {
			continue
		}
		if err := save(&sent, table, id, next); err != nil {
			return err
		}
	}
	return postgres.Wrap("write pages", tx.SendBatch(ctx, &sent).Close())
}

// after folds events behind a state; those that it holds are passed over.
func after(state page.State, records []chain.Record) (page.State, error) {
	for _, r := range records {
		envelope, err := r.Envelope()
		if err != nil {
			return state, err
		}
		if envelope.Revision <= state.Head.Revision {
			continue
		}
		if state, err = page.FoldRecord(state, r); err != nil {
			return state, err
		}
	}
	return state, nil
}

// load reads rows by their ids and holds them until the transaction ends.
func load(ctx context.Context, tx pgx.Tx, table string, ids []string) (map[string]page.State, error) {
	rows, err := tx.Query(ctx, "select id, revision, state from "+table+" where id = any($1) order by id for update", ids)
	if err != nil {
		return nil, postgres.Wrap("read pages", err)
	}
	states := map[string]page.State{}
	var id, document string
	var revision int64
	_, err = pgx.ForEachRow(rows, []any{&id, &revision, &document}, func() error {
		var state page.State
		if err := json.Unmarshal([]byte(document), &state); err != nil {
			return fmt.Errorf("decode page %s: %w", id, err)
		}
		state.Head.Revision = uint64(revision)
		states[id] = state
		return nil
	})
	return states, postgres.Wrap("read pages", err)
}

// save writes a row. One that another process has brought further meanwhile stays.
func save(sent *pgx.Batch, table, id string, state page.State) error {
	revision := state.Head.Revision
	state.Head = chain.Head{} // the row has its revision; nothing is written behind it
	document, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encode page %s: %w", id, err)
	}
	people := make([]string, len(state.Requested.Recipients))
	for i, r := range state.Requested.Recipients {
		people[i] = r.Person
	}
	ended := int64(0)
	if state.Ended() {
		ended = state.EndedAt.UnixMicro()
	}
	r := state.Requested
	sent.Queue("insert into "+table+` as p (id, revision, alert_id, route, team, shadow, people, requested_us, ended_us, state)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do update set revision = excluded.revision,
			alert_id = excluded.alert_id, route = excluded.route, team = excluded.team, shadow = excluded.shadow,
			people = excluded.people, requested_us = excluded.requested_us, ended_us = excluded.ended_us, state = excluded.state
		where excluded.revision > p.revision`,
		id, int64(revision), r.Alert, r.Route, r.Team, r.Shadow, people, r.At.UnixMicro(), ended, string(document))
	return nil
}
