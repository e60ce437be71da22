package history

import (
	"context"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Bounds are the limits of the cache.
type Bounds struct {
	// Entries is the number of incidents, Bytes a rough limit of their memory.
	Entries, Bytes int
}

// Observer hears what the store does; its methods are called often.
type Observer interface {
	// CacheAsked: a history was looked up; hit when it was there.
	CacheAsked(hit bool)
	// Appended: an append took a while and ended with err.
	Appended(took time.Duration, err error)
}

// Store gives access to histories. It is safe for concurrent use.
type Store struct {
	log      eventlog.Log
	cache    *cache
	queues   queues
	now      func() time.Time
	observer Observer
}

// NewStore returns a store over a log.
func NewStore(log eventlog.Log, b Bounds, now func() time.Time, o Observer) (*Store, error) {
	c, err := newCache(b.Entries, b.Bytes)
	if err != nil {
		return nil, fmt.Errorf("new history store: %w", err)
	}
	return &Store{log: log, cache: c, now: now, observer: o}, nil
}

// Subject is the subject of an incident.
func Subject(id incident.ID) string { return "incident." + string(id) }

// Stats returns how many histories and bytes the cache holds.
func (s *Store) Stats() (entries, bytes int) { return s.cache.stats() }

// Open waits for the incident's turn and returns its desk, folded as far as the
// cache or, when it is not there, the log goes. The caller must Close it.
func (s *Store) Open(ctx context.Context, id incident.ID) (*Desk, error) {
	d := &Desk{store: s, id: id, received: s.now()}
	seen, known := s.cache.peek(id)
	leave, err := s.queues.enter(ctx, id)
	if err != nil {
		return nil, err
	}
	d.leave = leave
	h, hit := s.cache.get(id)
	s.observer.CacheAsked(hit)
	if hit {
		d.History, d.Seen = h, h.State
		if known {
			d.Seen = seen
		}
		return d, nil
	}
	if err := d.load(ctx); err != nil {
		leave()
		return nil, err
	}
	d.fresh = true
	return d, nil
}

// Look returns the state as the log's leader has it now.
func (s *Store) Look(ctx context.Context, id incident.ID) (incident.State, error) {
	d, err := s.Open(ctx, id)
	if err != nil {
		return incident.State{}, err
	}
	defer d.Close()
	if _, err := d.Refresh(ctx); err != nil {
		return incident.State{}, err
	}
	return d.State, nil
}
