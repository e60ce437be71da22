package alertview

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// quiet is the beginning of a suppression, or with no kind the end of the one before.
type quiet struct {
	Kind  string `json:"kind,omitempty"`
	Name  string `json:"name,omitempty"`
	ID    string `json:"id,omitempty"`
	Until int64  `json:"until,omitempty"`
	At    int64  `json:"at"`
}

// suppress takes what keeps an alert from calling, what does not any more, and that what
// was flapping calmed.
func (c changes) suppress(id string, revision uint64, event any) {
	if c.quiet[id] == nil {
		c.quiet[id] = map[uint64]quiet{}
	}
	switch e := event.(type) {
	case alert.Suppressed:
		c.quiet[id][revision] = quiet{
			Kind: incident.Sanitize(e.Kind), Name: incident.Sanitize(e.Name), ID: incident.Sanitize(e.ID), Until: e.Until.UnixMicro(), At: e.At.UnixMicro(),
		}
	case alert.Unsuppressed:
		c.quiet[id][revision] = quiet{At: e.At.UnixMicro()}
		if e.Incident != "" && c.links[id] == "" {
			c.links[id] = e.Incident
		}
	case alert.Calmed:
		c.calms[id] = e.At.UnixMicro()
	}
}

// updateQuiet adds beginnings and ends of suppressions. The last one by revision says
// whether an alert is suppressed.
const updateQuiet = `update %s a set suppressions = rows.suppressions::jsonb || a.suppressions,
		suppressed = case when rows.revision >= a.suppressed_revision then rows.suppressed else a.suppressed end,
		suppressed_revision = greatest(rows.revision, a.suppressed_revision)
	from unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[]) as rows (id, suppressions, revision, suppressed) where a.id = rows.id`

const updateCalmed = `update %s a set calmed_us = rows.at_us
	from unnest($1::text[], $2::bigint[]) as rows (id, at_us) where a.id = rows.id and a.calmed_us is null`

// writeQuiet writes what keeps alerts from calling. Repeating it changes nothing.
func writeQuiet(ctx context.Context, tx pgx.Tx, table string, c changes) error {
	var ids, documents []string
	var revisions []int64
	var suppressed []bool
	for _, id := range slices.Sorted(maps.Keys(c.quiet)) {
		if len(c.quiet[id]) == 0 {
			continue
		}
		document, err := json.Marshal(c.quiet[id])
		if err != nil {
			return fmt.Errorf("encode suppressions: %w", err)
		}
		last := slices.Max(slices.Collect(maps.Keys(c.quiet[id])))
		ids, documents = append(ids, id), append(documents, string(document))
		revisions, suppressed = append(revisions, int64(last)), append(suppressed, c.quiet[id][last].Kind != "")
	}
	if len(ids) > 0 {
		if _, err := tx.Exec(ctx, fmt.Sprintf(updateQuiet, table), ids, documents, revisions, suppressed); err != nil {
			return postgres.Wrap("write suppressions of alerts", err)
		}
	}
	if len(c.calms) == 0 {
		return nil
	}
	ids = slices.Sorted(maps.Keys(c.calms))
	var at []int64
	for _, id := range ids {
		at = append(at, c.calms[id])
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(updateCalmed, table), ids, at)
	return postgres.Wrap("write calmed alerts", err)
}

// suppressionsOf are the times in which an alert called nobody, in order.
func suppressionsOf(kept map[uint64]quiet) []*signalv1.AlertSuppression {
	var found []*signalv1.AlertSuppression
	for _, revision := range slices.Sorted(maps.Keys(kept)) {
		q := kept[revision]
		if len(found) > 0 && found[len(found)-1].GetEndedTime() == nil {
			found[len(found)-1].EndedTime = stamp(&q.At)
		}
		if q.Kind != "" {
			found = append(found, &signalv1.AlertSuppression{
				Kind: q.Kind, Name: q.Name, Id: q.ID, SinceTime: stamp(&q.At), UntilTime: stamp(&q.Until),
			})
		}
	}
	return found
}

// flaps is how a condition comes and goes, as a row keeps it.
type flaps struct {
	episodes              int32
	sinceMicros, windowUs int64
	calmed                *int64
}

func (f flaps) proto() *signalv1.AlertFlapping {
	if f.episodes == 0 {
		return nil
	}
	return &signalv1.AlertFlapping{
		Episodes: f.episodes, SinceTime: stamp(&f.sinceMicros), Window: durationpb.New(time.Duration(f.windowUs) * time.Microsecond),
		CalmedTime: stamp(f.calmed),
	}
}
