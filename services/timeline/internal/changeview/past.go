package changeview

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// Known is a list of changes as they were known at a time. Rows say what is known today:
// those of which more was told after that time are read from the log, up to that time. What
// is redacted today is redacted there too.
type Known struct {
	query     Query
	at        time.Time
	unchanged []*signalv1.Change // of which nothing was told since
	others    []string           // ids of those of which more was told since
	more      bool               // there are others of either
}

// KnownAt reads from the rows what a list is made of; it does not page. At most so many
// changes as folds says are then read from the log, the latest.
func KnownAt(ctx context.Context, s *store.Snapshot, q Query, at time.Time, folds int) (Known, error) {
	q.unchangedSince = at
	k := Known{query: q, at: at}
	var err error
	if k.unchanged, k.more, err = List(ctx, s, q); err != nil {
		return k, err
	}
	others, err := q.toldSince(ctx, s, folds+1)
	if err != nil {
		return k, err
	}
	k.more = k.more || len(others) > folds
	for _, c := range others[:min(len(others), folds)] {
		k.others = append(k.others, c.GetId())
	}
	return k, nil
}

// toldSince are changes that were told of before a time and again after it, and that may
// have been what is looked for then, whatever they are now.
func (q Query) toldSince(ctx context.Context, s *store.Snapshot, limit int) ([]*signalv1.Change, error) {
	kinds := make([]int32, len(q.Kinds))
	for i, k := range q.Kinds {
		kinds[i] = int32(k)
	}
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.Since.IsZero() {
		since = q.Since.UnixMicro()
	}
	if !q.Until.IsZero() {
		until = q.Until.UnixMicro()
	}
	return read(ctx, s, `updated_us > recorded_us and int8range(recorded_us, updated_us) @> $1::bigint
		and (moved or (cardinality($2::text[]) = 0 or service = any($2)) and (cardinality($3::integer[]) = 0 or kind = any($3)))
		and latest_us >= $4 and earliest_us < $5 order by began_us desc, id desc limit $6`,
		q.unchangedSince.UnixMicro(), append([]string{}, q.Services...), kinds, since, until, limit)
}

// Folds is how many changes are read from the log.
func (k Known) Folds() int { return len(k.others) }

// List is what [List] would have returned then. It reads the log, so nothing of the
// database need be held meanwhile.
func (k Known) List(ctx context.Context, log eventlog.Reader) ([]*signalv1.Change, bool, error) {
	found := k.unchanged
	for _, id := range k.others {
		then, err := knownAt(ctx, log, id, k.at.UnixMicro())
		if err != nil {
			return nil, false, err
		}
		if then != nil && k.query.matches(then) {
			found = append(found, then)
		}
	}
	slices.SortFunc(found, func(a, b *signalv1.Change) int {
		return -cmp.Or(began(a).Compare(began(b)), strings.Compare(a.GetId(), b.GetId()))
	})
	limit := min(len(found), k.query.Limit)
	return found[:limit], k.more || len(found) > limit, nil
}

// knownAt reads one change from the log as it was known at a time; nil when nothing was.
func knownAt(ctx context.Context, log eventlog.Reader, id string, at int64) (*signalv1.Change, error) {
	messages, err := log.Load(ctx, change.Subject(id), 0)
	if err != nil {
		return nil, fmt.Errorf("read change %s as it was: %w", id, err)
	}
	b := batch{told: map[string][]told{}}
	for _, m := range messages {
		// One that cannot be read is missing in the row too, visibly there.
		_ = b.Add(m)
	}
	return asKnownAt(id, b.told[id], at), nil
}

// asKnownAt folds the reports that were written down by a time; nil when none was.
func asKnownAt(id string, reports []told, at int64) *signalv1.Change {
	known := slices.IndexFunc(reports, func(t told) bool { return t.recorded > at })
	if known < 0 {
		known = len(reports)
	}
	r, _ := row{}.after(reports[:known])
	if r.revision == 0 {
		return nil
	}
	if slices.ContainsFunc(reports, func(t told) bool { return t.redacted }) {
		r.state.Redacted, r.state.Known = true, r.state.Known.WithoutContent()
	}
	r.id = id
	return r.wire()
}

// matches tells whether a change is looked for, as the conditions do.
func (q Query) matches(c *signalv1.Change) bool {
	return (len(q.Services) == 0 || slices.Contains(q.Services, c.GetService())) &&
		(len(q.Kinds) == 0 || slices.Contains(q.Kinds, change.Kind(c.GetKind()))) &&
		(q.Environment == "" || q.Environment == c.GetEnvironment()) && (q.Source == "" || q.Source == c.GetSource()) &&
		(q.Since.IsZero() || !began(c).Before(q.Since.Truncate(time.Microsecond))) &&
		(q.Until.IsZero() || began(c).Before(q.Until.Truncate(time.Microsecond)))
}

// began is when a change took effect; 1970 while that is not known, as in the rows.
func began(c *signalv1.Change) time.Time {
	if c.GetStartedTime() == nil {
		return time.UnixMicro(0).UTC()
	}
	return c.GetStartedTime().AsTime()
}

// HappenedBy is a change as it stood at a time, by what is known today: one that was
// over later was still under way. The change that is given stays as it is. It is nil for
// one that began later.
func HappenedBy(c *signalv1.Change, at time.Time) *signalv1.Change {
	if began(c).After(at) {
		return nil
	}
	if c.GetEndedTime() == nil || !c.GetEndedTime().AsTime().After(at) {
		return c
	}
	then := proto.CloneOf(c)
	then.EndedTime = nil
	if change.Outcome(c.GetOutcome()).Final() {
		then.Outcome = signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED
	}
	return then
}
