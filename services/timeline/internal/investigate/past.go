package investigate

import (
	"context"
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/changeview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

const (
	// maxLooked is how many incidents of what is depended on are looked at for those that
	// were open at a time in the past.
	maxLooked = 1000
	// maxFolds is how many changes and incidents one answer reads from the log, together.
	maxFolds = 500
	// ahead is how far what happened may lie after its being written down, and more: the
	// clocks of those who write differ by seconds.
	ahead = time.Minute
)

// pastSuspects lists the suspects as of a time. Who may see what is judged now.
func (s *Service) pastSuspects(ctx context.Context, ref store.Ref, position string, window time.Duration, at travel.Moment) (*timelinev1.ListSuspectsResponse, error) {
	var now *timelinev1.Incident
	err := s.reader.Read(ctx, op, position, func(snapshot *store.Snapshot) (err error) {
		snapshot.Last()
		now, err = snapshot.Incident(ctx, ref)
		return err
	})
	if err != nil {
		return nil, err
	}
	then, err := s.then(ctx, now, at)
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	state, err := s.past.At(ctx, at.Time())
	if err != nil {
		return nil, err
	}
	in := inquiryOf(then, window, state)
	if err := in.gather(ctx, &past{service: s, at: at, folds: maxFolds}); err != nil {
		return nil, s.reader.Refuse(err)
	}
	return in.answer(), nil
}

// then is an incident as it was. It returns [view.ErrNotYet] when there was nothing of it.
func (s *Service) then(ctx context.Context, now *timelinev1.Incident, at travel.Moment) (*timelinev1.Incident, error) {
	h, err := s.histories.Get(ctx, incident.ID(now.GetId()), now.GetRevision())
	if err != nil {
		return nil, err
	}
	v, err := at.View(h)
	if err != nil {
		return nil, err
	}
	return wire.Incident(&v.Incident), nil
}

// past reads what was so at a time: first rows, then the log, while nothing of the database
// is held.
type past struct {
	service *Service
	at      travel.Moment
	folds   int // how many more changes and incidents may be read from the log
}

func (p *past) changes(ctx context.Context, q changeview.Query) ([]*signalv1.Change, bool, error) {
	if p.at.Known.IsZero() {
		return p.happened(ctx, q)
	}
	var known changeview.Known
	err := p.service.reader.Read(ctx, op, "", func(s *store.Snapshot) (err error) {
		known, err = changeview.KnownAt(ctx, s, q, p.at.Known, p.folds)
		return err
	})
	if err != nil {
		return nil, false, err
	}
	p.folds -= known.Folds()
	return known.List(ctx, p.service.log)
}

func (p *past) happened(ctx context.Context, q changeview.Query) ([]*signalv1.Change, bool, error) {
	if until := p.at.Happened.Add(time.Microsecond); q.Until.IsZero() || q.Until.After(until) {
		q.Until = until
	}
	var found []*signalv1.Change
	var more bool
	err := p.service.reader.Read(ctx, op, "", func(s *store.Snapshot) (err error) {
		found, more, err = changeview.List(ctx, s, q)
		return err
	})
	then := found[:0]
	for _, c := range found {
		if c = changeview.HappenedBy(c, p.at.Happened); c != nil {
			then = append(then, c)
		}
	}
	return then, more, err
}

// open looks at the incidents that are open now, and at the latest of the others: those of
// which nothing was written down since were not open then either. Whether one is private is
// judged now.
func (p *past) open(ctx context.Context, q store.ListQuery) ([]*timelinev1.Incident, bool, error) {
	found, more, err := p.candidates(ctx, q)
	if err != nil {
		return nil, false, err
	}
	var then []*timelinev1.Incident
	for _, i := range found {
		if !isOpen(i.Incident) && !i.GetUpdatedTime().AsTime().After(p.at.Time()) {
			continue
		}
		if p.folds == 0 {
			return then, true, nil
		}
		p.folds--
		old, err := p.service.then(ctx, i.Incident, p.at)
		if errors.Is(err, view.ErrNotYet) || err == nil && !isOpen(old) {
			continue
		}
		if err != nil {
			return nil, false, err
		}
		if len(then) == q.Limit {
			return then, true, nil
		}
		old.Private = i.GetPrivate()
		then = append(then, old)
	}
	return then, more, nil
}

// candidates are the incidents of the services that may have been open then, the latest
// first, and whether there are more.
func (p *past) candidates(ctx context.Context, q store.ListQuery) (found []store.Clocked, more bool, err error) {
	q.Limit, q.Until = maxLooked, p.at.Time().Add(ahead)
	err = p.service.reader.Read(ctx, op, "", func(s *store.Snapshot) (err error) {
		if found, more, err = s.List(ctx, q); err != nil || !more {
			return err
		}
		stillOpen := q
		stillOpen.Open = true
		open, _, err := s.List(ctx, stillOpen)
		found = joined(found, open)
		return err
	})
	return found, more, err
}

// joined are the incidents of two lists, each once; those that only the second has are
// older than those of the first.
func joined(latest, open []store.Clocked) []store.Clocked {
	known := make(map[string]bool, len(latest))
	for _, i := range latest {
		known[i.GetId()] = true
	}
	for _, i := range open {
		if !known[i.GetId()] {
			latest = append(latest, i)
		}
	}
	return latest
}

func isOpen(i *timelinev1.Incident) bool {
	return incident.Status(i.GetStatus()).Open() && i.GetMergedInto() == ""
}
