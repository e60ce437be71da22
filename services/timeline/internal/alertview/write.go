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

// insertBegan adds rows, and takes the content of those that were redacted.
const insertBegan = `insert into %s as a (id, source, fingerprint, route, group_key, incident_id, signal_id, started_us,
		recorded_us, title, labels, annotations, generator_url, redacted, flapping_episodes, flapping_since_us, flapping_window_us)
	select id, source, fingerprint, route, group_key, incident_id, signal_id, started_us, recorded_us, title,
		labels::jsonb, annotations::jsonb, generator_url, redacted, flapping_episodes, flapping_since_us, flapping_window_us
	from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
		$9::bigint[], $10::text[], $11::text[], $12::text[], $13::text[], $14::boolean[], $15::integer[], $16::bigint[], $17::bigint[])
		as rows (id, source, fingerprint, route, group_key, incident_id, signal_id, started_us, recorded_us, title,
			labels, annotations, generator_url, redacted, flapping_episodes, flapping_since_us, flapping_window_us)
	on conflict (id) do update set title = '', labels = '{}', annotations = '{}', generator_url = '', redacted = true
		where excluded.redacted and not a.redacted`

// updateEnded ends rows that are open.
const updateEnded = `update %s a set ended_us = rows.ended_us, end_recorded_us = rows.recorded_us, end_signal_id = rows.signal_id
	from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[]) as rows (id, ended_us, recorded_us, signal_id)
	where a.id = rows.id and a.ended_us is null`

// write writes changes to a table. Repeating it changes nothing.
func write(ctx context.Context, tx pgx.Tx, table string, c changes) error {
	if len(c.began) > 0 {
		args, err := beganArgs(c.began)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, fmt.Sprintf(insertBegan, table), args...); err != nil {
			return postgres.Wrap("write alerts", err)
		}
	}
	if len(c.ended) > 0 {
		if _, err := tx.Exec(ctx, fmt.Sprintf(updateEnded, table), endedArgs(c.ended)...); err != nil {
			return postgres.Wrap("write ends of alerts", err)
		}
	}
	if err := writeSaid(ctx, tx, table, c); err != nil {
		return err
	}
	return writeQuiet(ctx, tx, table, c)
}

// beganArgs turns rows on their side, in the order of their ids, so that two
// writers cannot wait for each other.
func beganArgs(rows map[string]began) ([]any, error) {
	const texts = 11 // id … signal_id, title, labels, annotations, generator_url
	var text [texts][]string
	var started, recorded []int64
	var redacted []bool
	var episodes []int32
	var since, window []int64
	for _, id := range slices.Sorted(maps.Keys(rows)) {
		r := rows[id]
		labels, annotations, err := documents(r)
		if err != nil {
			return nil, err
		}
		for i, value := range [texts]string{
			id, r.Source, r.Fingerprint, r.Route, r.Group, r.Incident, r.SignalID, r.Title, labels, annotations, r.GeneratorURL,
		} {
			text[i] = append(text[i], incident.Sanitize(value))
		}
		started, recorded = append(started, r.StartsAt.UnixMicro()), append(recorded, r.recorded)
		redacted, episodes = append(redacted, r.redacted), append(episodes, int32(r.Flapping.Episodes))
		from := int64(0)
		if r.Flapping.Is() {
			from = r.Flapping.Since.UnixMicro()
		}
		since, window = append(since, from), append(window, r.Flapping.Window.Microseconds())
	}
	return []any{
		text[0], text[1], text[2], text[3], text[4], text[5], text[6], started, recorded, text[7], text[8], text[9], text[10], redacted,
		episodes, since, window,
	}, nil
}

// documents are the labels and annotations as JSON, without the characters that
// the database cannot keep.
func documents(r began) (labels, annotations string, err error) {
	var out [2]string
	for i, pairs := range []map[string]string{r.Labels, r.Annotations} {
		clean := make(map[string]string, len(pairs))
		for name, value := range pairs {
			clean[incident.Sanitize(name)] = incident.Sanitize(value)
		}
		document, err := json.Marshal(clean)
		if err != nil {
			return "", "", fmt.Errorf("encode labels: %w", err)
		}
		out[i] = string(document)
	}
	return out[0], out[1], nil
}

func endedArgs(rows map[string]ended) []any {
	var id, signal []string
	var at, recorded []int64
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		r := rows[name]
		id, signal = append(id, name), append(signal, incident.Sanitize(r.SignalID))
		at, recorded = append(at, r.EndsAt.UnixMicro()), append(recorded, r.recorded)
	}
	return []any{id, at, recorded, signal}
}
