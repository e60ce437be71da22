package changeview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// maxUnderWay is how many changes are read from the log for one look into the past.
const maxUnderWay = 500

// Known is the changes as they were known at a time. Rows say what is known today: those
// of which more was told after that time are read from the log, up to that time. What is
// redacted today is redacted there too.
type Known struct {
	at    time.Time
	older []*signalv1.Change // as they were then, those of which more was told since
	more  bool               // there are others
}

// KnownAt prepares reading what was known at a time.
func KnownAt(ctx context.Context, s *store.Snapshot, log eventlog.Reader, at time.Time) (Known, error) {
	k := Known{at: at}
	found, err := read(ctx, s, "updated_us > recorded_us and int8range(recorded_us, updated_us) @> $1::bigint order by began_us desc, id desc limit $2",
		at.UnixMicro(), maxUnderWay+1)
	if err != nil {
		return k, err
	}
	k.more = len(found) > maxUnderWay
	for _, c := range found[:min(len(found), maxUnderWay)] {
		then, err := knownAt(ctx, log, c.GetId(), at.UnixMicro())
		if err != nil {
			return k, err
		}
		if then != nil {
			k.older = append(k.older, then)
		}
	}
	return k, nil
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

// List is [List] of what was known then. It does not page.
func (k Known) List(ctx context.Context, s *store.Snapshot, q Query) ([]*signalv1.Change, bool, error) {
	q.unchangedSince = k.at
	found, more, err := List(ctx, s, q)
	if err != nil {
		return nil, false, err
	}
	for _, c := range k.older {
		if q.matches(c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *signalv1.Change) int {
		return -cmp.Or(began(a).Compare(began(b)), strings.Compare(a.GetId(), b.GetId()))
	})
	more = more || k.more || len(found) > q.Limit
	return found[:min(len(found), q.Limit)], more, nil
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
