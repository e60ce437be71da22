package fold

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Engine keeps views up to date with the log, with the fold of many incidents at
// once. It is not safe for concurrent use.
type Engine struct {
	log    eventlog.Reader
	seed   maphash.Seed
	shards []*shard
}

// Options size an engine.
type Options struct {
	// Workers is the number of goroutines that fold; 0 means 2.
	Workers int
	// Entries bounds how many entries of views are kept in memory; 0 means
	// 100,000. An incident with more is kept as long as it is folded.
	Entries int
}

const (
	defaultWorkers = 2
	defaultEntries = 100_000
)

// NewEngine returns an engine without views. Incidents that it does not know are
// loaded from the log.
func NewEngine(log eventlog.Reader, o Options) *Engine {
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	if o.Entries == 0 {
		o.Entries = defaultEntries
	}
	e := &Engine{log: log, seed: maphash.MakeSeed(), shards: make([]*shard, o.Workers)}
	for i := range e.shards {
		e.shards[i] = newShard(log, max(1, o.Entries/o.Workers))
	}
	return e
}

// Fold folds messages, which have to be the next ones of the log, and calls done
// for each incident among them with what became of it. Calls come from several
// goroutines at once. Messages of other subjects are passed over. After an error
// the engine has to be [Engine.Reset].
func (e *Engine) Fold(ctx context.Context, messages []eventlog.Message, done func(Change) error) error {
	parts := make([][]eventlog.Message, len(e.shards))
	for _, m := range messages {
		if id, ok := IncidentOf(m.Subject); ok {
			i := int(maphash.String(e.seed, string(id)) % uint64(len(parts)))
			parts[i] = append(parts[i], m)
		}
	}
	errs := make([]error, len(parts))
	var running sync.WaitGroup
	for i := range parts {
		if len(parts[i]) == 0 {
			continue
		}
		running.Go(func() { errs[i] = e.shards[i].fold(ctx, parts[i], done) })
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Rows folds messages, as Fold does, and returns the rows that they change.
func (e *Engine) Rows(ctx context.Context, messages []eventlog.Message) (Rows, error) {
	var mu sync.Mutex
	var rows Rows
	err := e.Fold(ctx, messages, func(c Change) error {
		mu.Lock()
		defer mu.Unlock()
		return rows.Add(c)
	})
	return rows, err
}

// Reset forgets every view.
func (e *Engine) Reset() {
	for i, s := range e.shards {
		e.shards[i] = newShard(e.log, s.limit)
	}
}

// shard is the part of an engine that one goroutine folds.
type shard struct {
	log   eventlog.Reader
	limit int
	size  int // entries in states
	known map[incident.ID]*state
	// order is who was folded when; the front is the one to forget first.
	order recency
}

func newShard(log eventlog.Reader, limit int) *shard {
	return &shard{log: log, limit: limit, known: make(map[incident.ID]*state)}
}

func (s *shard) fold(ctx context.Context, messages []eventlog.Message, done func(Change) error) error {
	var changes []*Change
	byID := make(map[incident.ID]*Change)
	for _, m := range messages {
		id, _ := IncidentOf(m.Subject)
		st, err := s.state(ctx, id, m)
		if err != nil {
			return err
		}
		before := len(st.view.Entries)
		events := st.apply(m)
		s.size += len(st.view.Entries) - before
		c := byID[id]
		if c == nil {
			c = &Change{ID: id, state: st}
			byID[id] = c
			changes = append(changes, c)
		}
		c.Events = append(c.Events, events...)
	}
	for _, c := range changes {
		c.complete()
		if err := done(*c); err != nil {
			return err
		}
		s.order.touch(c.ID)
	}
	s.forget()
	return nil
}

// state returns what is known of an incident before a message.
func (s *shard) state(ctx context.Context, id incident.ID, m eventlog.Message) (*state, error) {
	if st, ok := s.known[id]; ok && st.sequence == m.Previous {
		return st, nil
	} else if ok {
		s.size -= len(st.view.Entries)
	}
	st := &state{id: id}
	if m.Previous > 0 {
		if err := st.load(ctx, s.log, m); err != nil {
			return nil, fmt.Errorf("load incident %s: %w", id, err)
		}
	}
	s.known[id] = st
	s.size += len(st.view.Entries)
	return st, nil
}

// load brings a state to the message before m.
func (s *state) load(ctx context.Context, log eventlog.Reader, m eventlog.Message) error {
	messages, err := log.Load(ctx, m.Subject, 0)
	if err != nil {
		return err
	}
	for _, earlier := range messages {
		if earlier.Sequence < m.Sequence {
			s.apply(earlier)
		} else {
			s.doomed = append(s.doomed, redactions(earlier)...)
		}
	}
	s.redact(s.doomed)
	s.view.Touched()
	return nil
}

// forget drops the views that were not folded for the longest time until the
// rest fits.
func (s *shard) forget() {
	for s.size > s.limit {
		id, ok := s.order.oldest()
		if !ok {
			return
		}
		if st := s.known[id]; st != nil {
			s.size -= len(st.view.Entries)
			delete(s.known, id)
		}
	}
}
