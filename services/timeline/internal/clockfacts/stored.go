package clockfacts

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
)

// stored is [clock.Facts] as an array without names. Whoever changes it changes the
// version of the fold, too, so that models are built anew.
type stored struct {
	_                              struct{} `cbor:",toarray"`
	Declared                       int64    // microseconds since 1970
	Revision                       uint64   // of the declaration
	Phases                         []phase
	Acknowledged, InternalUpdate   *moment
	FirstExternal, ExternalUpdate  *moment
	Promised                       *moment
	PromiseDue                     *int64
	Roles                          []held
	Resolved, Closed, Ended        *moment
	EndedWhy                       string
	Debriefed, PostmortemPublished *moment
	Tasks, FollowUps               []item
	Marks                          []mark
}

// moment is a time that is known by the microseconds since the declaration; nil is never.
type moment struct {
	_        struct{} `cbor:",toarray"`
	After    int64
	Revision uint64
}

type phase struct {
	_                struct{} `cbor:",toarray"`
	From             *moment
	Severity, Status uint64
}

type held struct {
	_     struct{} `cbor:",toarray"`
	Role  uint64
	Since *moment
}

type item struct {
	_             struct{} `cbor:",toarray"`
	ID            string
	Created       *moment
	Due           *int64
	Done, Dropped *moment
}

type mark struct {
	_         struct{} `cbor:",toarray"`
	Kind      uint64
	Law, Duty string
	When      *moment
}

// origin is the time from which the others are counted.
type origin time.Time

func (o origin) after(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	after := t.UnixMicro() - time.Time(o).UnixMicro()
	return &after
}

func (o origin) time(after *int64) time.Time {
	if after == nil {
		return time.Time{}
	}
	return time.UnixMicro(time.Time(o).UnixMicro() + *after).UTC()
}

func (o origin) pack(m clock.Moment) *moment {
	if m.Never() {
		return nil
	}
	return &moment{After: *o.after(m.At), Revision: m.Revision}
}

func (o origin) unpack(m *moment) clock.Moment {
	if m == nil {
		return clock.Moment{}
	}
	return clock.Moment{At: o.time(&m.After), Revision: m.Revision}
}

func pack(f *clock.Facts) *stored {
	o := origin(f.Declared.At)
	return &stored{
		Declared: f.Declared.At.UnixMicro(), Revision: f.Declared.Revision,
		Phases: each(f.Phases, func(p clock.Phase) phase {
			return phase{From: o.pack(p.From), Severity: uint64(p.Severity), Status: uint64(p.Status)}
		}),
		Acknowledged: o.pack(f.Acknowledged), InternalUpdate: o.pack(f.InternalUpdate),
		FirstExternal: o.pack(f.FirstExternal), ExternalUpdate: o.pack(f.ExternalUpdate),
		Promised: o.pack(f.Promise.Made), PromiseDue: o.after(f.Promise.Due),
		Roles:    each(f.Roles, func(h clock.Held) held { return held{Role: uint64(h.Role), Since: o.pack(h.Since)} }),
		Resolved: o.pack(f.Resolved), Closed: o.pack(f.Closed), Ended: o.pack(f.Ended), EndedWhy: f.EndedWhy,
		Debriefed: o.pack(f.Debriefed), PostmortemPublished: o.pack(f.PostmortemPublished),
		Tasks: each(f.Tasks, o.packItem), FollowUps: each(f.FollowUps, o.packItem),
		Marks: each(f.Marks, func(m clock.Mark) mark {
			return mark{Kind: uint64(m.Kind), Law: m.Law, Duty: m.Duty, When: o.pack(m.Moment)}
		}),
	}
}

func (o origin) packItem(i clock.Item) item {
	return item{ID: i.ID, Created: o.pack(i.Created), Due: o.after(i.Due), Done: o.pack(i.Done), Dropped: o.pack(i.Dropped)}
}

func (s *stored) unpack() clock.Facts {
	declared := time.UnixMicro(s.Declared).UTC()
	o := origin(declared)
	return clock.Facts{
		Declared: clock.Moment{At: declared, Revision: s.Revision},
		Phases: each(s.Phases, func(p phase) clock.Phase {
			return clock.Phase{From: o.unpack(p.From), Severity: incident.Severity(p.Severity), Status: incident.Status(p.Status)}
		}),
		Acknowledged: o.unpack(s.Acknowledged), InternalUpdate: o.unpack(s.InternalUpdate),
		FirstExternal: o.unpack(s.FirstExternal), ExternalUpdate: o.unpack(s.ExternalUpdate),
		Promise:  clock.Promise{Made: o.unpack(s.Promised), Due: o.time(s.PromiseDue)},
		Roles:    each(s.Roles, func(h held) clock.Held { return clock.Held{Role: incident.Role(h.Role), Since: o.unpack(h.Since)} }),
		Resolved: o.unpack(s.Resolved), Closed: o.unpack(s.Closed), Ended: o.unpack(s.Ended), EndedWhy: s.EndedWhy,
		Debriefed: o.unpack(s.Debriefed), PostmortemPublished: o.unpack(s.PostmortemPublished),
		Tasks: each(s.Tasks, o.unpackItem), FollowUps: each(s.FollowUps, o.unpackItem),
		Marks: each(s.Marks, func(m mark) clock.Mark {
			return clock.Mark{Kind: clock.MarkKind(m.Kind), Law: m.Law, Duty: m.Duty, Moment: o.unpack(m.When)}
		}),
	}
}

func (o origin) unpackItem(i item) clock.Item {
	return clock.Item{ID: i.ID, Created: o.unpack(i.Created), Due: o.time(i.Due), Done: o.unpack(i.Done), Dropped: o.unpack(i.Dropped)}
}

// each applies a function to every element. Nothing stays nothing.
func each[A, B any](list []A, f func(A) B) []B {
	if len(list) == 0 {
		return nil
	}
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}
