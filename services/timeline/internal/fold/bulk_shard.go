package fold

import (
	"context"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// bulkShard is the part of a bulk that one goroutine folds.
type bulkShard struct {
	bulk  *Bulk
	limit int // bytes
	size  int // bytes, roughly
	known map[incident.ID]*packed
	order recency
	// given are the hashes of incidents that the sink has. Of two with the same
	// hash the later one is taken for stale, which costs time and nothing else.
	given    map[uint64]struct{}
	stale    map[incident.ID]struct{}
	problems map[incident.ID]Problem
	entries  int // given to the sink
	// scratch is where views keep their entries while a message is folded.
	scratch []view.Entry
}

func newBulkShard(b *Bulk, limit int) *bulkShard {
	return &bulkShard{
		bulk: b, limit: limit, known: make(map[incident.ID]*packed), given: make(map[uint64]struct{}),
		stale: make(map[incident.ID]struct{}), problems: make(map[incident.ID]Problem),
	}
}

// run folds what comes until there is no more, then gives away the rest.
func (s *bulkShard) run(ctx context.Context, queue <-chan []eventlog.Message) error {
	for messages := range queue {
		for _, m := range messages {
			s.fold(m)
			if s.size <= s.limit {
				continue
			}
			if err := s.give(ctx, s.limit); err != nil {
				return err
			}
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.give(ctx, everything)
}

func (s *bulkShard) fold(m eventlog.Message) {
	id, _ := IncidentOf(m.Subject)
	p := s.known[id]
	if p == nil {
		if _, given := s.given[s.bulk.hash(id)]; given {
			s.stale[id] = struct{}{}
			return
		}
		p = &packed{state: state{id: id}}
		s.known[id] = p
	}
	before := p.weight()
	p.view.Entries = s.scratch[:0]
	p.apply(m)
	s.scratch = p.pack()
	s.size += p.weight() - before
	s.order.touch(id)
}

// Estimates of what an incident takes beside the rows of its entries, in bytes.
const (
	incidentWeight = 1500
	entryWeight    = 16
)

// weight is what an incident takes in memory, roughly.
func (p *packed) weight() int {
	if len(p.places) == 0 {
		return 0
	}
	return incidentWeight + cap(p.rows) + entryWeight*len(p.places)
}

// everything is the size to which all incidents are given.
const everything = -1

// give gives the oldest incidents to the sink until the rest has a size.
func (s *bulkShard) give(ctx context.Context, size int) error {
	for s.size > size || size == everything {
		id, ok := s.order.oldest()
		if !ok {
			return nil
		}
		p := s.known[id]
		s.size -= p.weight()
		delete(s.known, id)
		s.given[s.bulk.hash(id)] = struct{}{}
		if p.problem != nil {
			s.problems[id] = *p.problem
		}
		if p.view.Incident.Revision == 0 {
			continue // nothing of it could be folded
		}
		if err := s.giveOne(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (s *bulkShard) giveOne(ctx context.Context, p *packed) error {
	r, err := row.IncidentOf(&p.view.Incident)
	if err != nil {
		return err
	}
	if err := s.bulk.sink.Incident(ctx, r); err != nil {
		return err
	}
	size := 0
	for _, at := range p.places {
		size += int(at.size)
	}
	rows := p.rows
	if size < len(rows) { // some were packed again
		rows = make([]byte, 0, size)
		for _, at := range p.places {
			rows = append(rows, p.row(at)...)
		}
	}
	s.entries += len(p.places)
	return s.bulk.sink.Entries(ctx, rows, len(p.places))
}
