package alertview

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/postgres"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

var (
	// ErrNotFound: there is no such alert for the viewer.
	ErrNotFound = errors.New("there is no such alert")
	// ErrAmbiguous: several alerts begin with what was given.
	ErrAmbiguous = errors.New("several alerts begin like that")
)

// Query says which alerts are looked for. The zero value is all of them.
type Query struct {
	// Open is only those that are firing.
	Open bool
	// States are those of which one has to be so; none: all.
	States []signalv1.AlertState
	// Since and Until bound the begin, Until excluded; zero: no bound.
	Since, Until time.Time
	// Labels all have to be there with these values.
	Labels map[string]string
	// Incident and Source are only those of one incident, by its id, and door.
	Incident, Source string
	// After is the last alert of the page before; nil for the first page.
	After *Cursor
	// Limit is the size of the page.
	Limit int
}

// Cursor is the place of an alert in a list.
type Cursor struct {
	// Started is when it began, in microseconds since 1970.
	Started int64
	// ID is its id.
	ID string
}

const selectAlert = `select a.id, a.source, a.fingerprint, a.route, a.group_key, a.incident_id, coalesce(i.number, 0), a.signal_id,
		a.started_us, a.recorded_us, a.title, a.labels, a.annotations, a.generator_url, a.redacted, a.ended_us,
		a.end_recorded_us, a.end_signal_id, a.acked_us, a.acked_recorded_us, a.acked_revision, a.acked_by, a.acked_signal_id,
		a.acked_note, a.acked_said_by, a.acked_redacted, a.suppressions, a.flapping_episodes, a.flapping_since_us, a.flapping_window_us,
		a.calmed_us
	from timeline_alert.alert a left join incident i on i.id = a.incident_id where `

// List returns alerts that exist for the viewer, the latest first, and whether
// there are more.
func List(ctx context.Context, s *store.Snapshot, q Query) ([]*signalv1.Alert, bool, error) {
	conditions := []string{store.VisibleOrNone("a.incident_id")}
	var args []any
	and := func(condition string, values ...any) {
		for _, value := range values {
			args = append(args, value)
			condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(args)+2), 1)
		}
		conditions = append(conditions, condition)
	}
	if err := q.conditions(and); err != nil {
		return nil, false, err
	}
	found, err := read(ctx, s, selectAlert+strings.Join(conditions, " and ")+
		" order by a.started_us desc, a.id desc limit "+strconv.Itoa(q.Limit+1), args...)
	return found[:min(len(found), q.Limit)], len(found) > q.Limit, err
}

func (q Query) conditions(and func(string, ...any)) error {
	if q.Open {
		and("a.ended_us is null")
	}
	if len(q.States) > 0 {
		var either []string
		for _, state := range q.States {
			either = append(either, inState(state))
		}
		and("(" + strings.Join(either, " or ") + ")")
	}
	if !q.Since.IsZero() {
		and("a.started_us >= ?", q.Since.UnixMicro())
	}
	if !q.Until.IsZero() {
		and("a.started_us < ?", q.Until.UnixMicro())
	}
	if q.Incident != "" {
		and("a.incident_id = ?", q.Incident)
	}
	if q.Source != "" {
		and("a.source = ?", q.Source)
	}
	if len(q.Labels) > 0 {
		document, err := json.Marshal(q.Labels)
		if err != nil {
			return fmt.Errorf("list alerts: %w", err)
		}
		and("a.labels @> ?::text::jsonb", string(document))
	}
	if q.After != nil {
		and("(a.started_us, a.id) < (?, ?)", q.After.Started, q.After.ID)
	}
	return nil
}

// inState is the condition of a state, as [stateOf] says it.
func inState(state signalv1.AlertState) string {
	switch state {
	case signalv1.AlertState_ALERT_STATE_FIRING:
		return "(a.ended_us is null and not a.suppressed and a.acked_us is null)"
	case signalv1.AlertState_ALERT_STATE_ACKNOWLEDGED:
		return "(a.ended_us is null and not a.suppressed and a.acked_us is not null)"
	case signalv1.AlertState_ALERT_STATE_SUPPRESSED:
		return "(a.ended_us is null and a.suppressed)"
	case signalv1.AlertState_ALERT_STATE_RESOLVED:
		return "a.ended_us is not null"
	case signalv1.AlertState_ALERT_STATE_UNSPECIFIED:
	}
	return "false"
}

// Get returns the alert whose id is, or begins with, the given letters and digits.
// It returns [ErrNotFound] or [ErrAmbiguous].
func Get(ctx context.Context, s *store.Snapshot, id string) (*signalv1.Alert, error) {
	found, err := read(ctx, s, selectAlert+store.VisibleOrNone("a.incident_id")+
		" and a.id >= $3 and a.id < $3 || '~' order by a.id limit 2", id)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, ErrNotFound
	case len(found) > 1 && found[0].GetId() != id:
		return nil, ErrAmbiguous
	}
	found[0].Notes, err = notes(ctx, s, found[0].GetId())
	return found[0], err
}

func read(ctx context.Context, s *store.Snapshot, sql string, args ...any) ([]*signalv1.Alert, error) {
	rows, err := s.Query(ctx, "read alerts", sql, args...)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, scan)
	return found, postgres.Wrap("read alerts", err)
}

func scan(row pgx.CollectableRow) (*signalv1.Alert, error) {
	a, ack := &signalv1.Alert{}, &signalv1.AlertNote{}
	var number, started, recorded int64
	var ended, endRecorded, acked, ackRecorded, ackRevision *int64
	var suppressions map[uint64]quiet
	var how flaps
	err := row.Scan(&a.Id, &a.Source, &a.Fingerprint, &a.Route, &a.Group, &a.IncidentId, &number, &a.SignalId,
		&started, &recorded, &a.Title, &a.Labels, &a.Annotations, &a.GeneratorUrl, &a.Redacted, &ended, &endRecorded, &a.EndSignalId,
		&acked, &ackRecorded, &ackRevision, &ack.By, &ack.SignalId, &ack.Text, &ack.SaidBy, &ack.Redacted, &suppressions,
		&how.episodes, &how.sinceMicros, &how.windowUs, &how.calmed)
	if err != nil {
		return nil, err
	}
	a.IncidentNumber, a.Firing = uint64(number), ended == nil
	a.StartedTime, a.RecordedTime = stamp(&started), stamp(&recorded)
	a.EndedTime, a.EndRecordedTime = stamp(ended), stamp(endRecorded)
	if acked != nil && ackRevision != nil {
		ack.Time, ack.RecordedTime, ack.Revision = stamp(acked), stamp(ackRecorded), uint64(*ackRevision)
		a.Acknowledgment = ack
	}
	a.Suppressions, a.Flapping = suppressionsOf(suppressions), how.proto()
	a.State = stateOf(a)
	return a, nil
}

// stateOf says where an alert stands in its life.
func stateOf(a *signalv1.Alert) signalv1.AlertState {
	switch {
	case !a.GetFiring():
		return signalv1.AlertState_ALERT_STATE_RESOLVED
	case len(a.GetSuppressions()) > 0 && a.GetSuppressions()[len(a.GetSuppressions())-1].GetEndedTime() == nil:
		return signalv1.AlertState_ALERT_STATE_SUPPRESSED
	case a.GetAcknowledgment() != nil:
		return signalv1.AlertState_ALERT_STATE_ACKNOWLEDGED
	}
	return signalv1.AlertState_ALERT_STATE_FIRING
}

// notes returns what was written down about an alert, in order.
func notes(ctx context.Context, s *store.Snapshot, id string) ([]*signalv1.AlertNote, error) {
	rows, err := s.Query(ctx, "read notes of alerts", `select a.notes from timeline_alert.alert a left join incident i on i.id = a.incident_id
		where `+store.VisibleOrNone("a.incident_id")+" and a.id = $3", id)
	if err != nil {
		return nil, err
	}
	kept, err := pgx.CollectOneRow(rows, pgx.RowTo[map[uint64]said])
	if err != nil {
		return nil, postgres.Wrap("read notes of alerts", err)
	}
	found := make([]*signalv1.AlertNote, 0, len(kept))
	for _, revision := range slices.Sorted(maps.Keys(kept)) {
		n := kept[revision]
		found = append(found, &signalv1.AlertNote{
			Text: n.Text, By: n.By, SaidBy: n.SaidBy, Time: stamp(&n.At), RecordedTime: stamp(&n.Recorded), SignalId: n.Signal,
			Revision: revision, Redacted: n.Redacted,
		})
	}
	return found, nil
}

func stamp(micros *int64) *timestamppb.Timestamp {
	if micros == nil {
		return nil
	}
	return timestamppb.New(time.UnixMicro(*micros))
}
