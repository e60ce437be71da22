package fold

import (
	"context"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Histories keeps the histories that were read last, so that travelling in the
// time of one incident reads the log once. Its methods are safe for concurrent
// use.
type Histories struct {
	log   eventlog.Reader
	limit int // records

	mu    sync.Mutex
	size  int
	known map[incident.ID]History
	order recency
}

// defaultRecords bounds how many records histories keep.
const defaultRecords = 50_000

// NewHistories returns an empty cache over a log.
func NewHistories(log eventlog.Reader) *Histories {
	return &Histories{log: log, limit: defaultRecords, known: make(map[incident.ID]History)}
}

// Get returns the history of an incident that holds at least the given revision,
// if the log does. The caller must not change it.
func (c *Histories) Get(ctx context.Context, id incident.ID, revision uint64) (History, error) {
	c.mu.Lock()
	h, ok := c.known[id]
	c.mu.Unlock()
	if ok && h.Problem == nil && uint64(len(h.Records)) >= revision {
		return h, nil
	}
	h, err := Load(ctx, c.log, id)
	if err != nil {
		return History{}, err
	}
	c.put(id, h)
	return h, nil
}

func (c *Histories) put(id incident.ID, h History) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size += len(h.Records) - len(c.known[id].Records)
	c.known[id] = h
	c.order.touch(id)
	for c.size > c.limit {
		oldest, ok := c.order.oldest()
		if !ok {
			return
		}
		c.forget(oldest)
	}
}

// Forget drops the histories of some incidents: what was redacted must not stay in
// memory.
func (c *Histories) Forget(ids ...incident.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		c.forget(id)
	}
}

// Clear drops every history.
func (c *Histories) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.known)
	c.size, c.order = 0, recency{}
}

func (c *Histories) forget(id incident.ID) {
	c.size -= len(c.known[id].Records)
	delete(c.known, id)
}
