package history

import (
	"sync"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// cache keeps the histories that were used last, bounded in number and bytes.
type cache struct {
	maxBytes int

	mu    sync.Mutex
	lru   *simplelru.LRU[incident.ID, History]
	bytes int
}

func newCache(entries, bytes int) (*cache, error) {
	c := &cache{maxBytes: bytes}
	lru, err := simplelru.NewLRU(entries, func(_ incident.ID, h History) { c.bytes -= h.size() })
	if err != nil {
		return nil, err
	}
	c.lru = lru
	return c, nil
}

// get returns the history, to be used by whoever has its turn.
func (c *cache) get(id incident.ID) (History, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Get(id)
}

// peek returns the state, which anybody may look at.
func (c *cache) peek(id incident.ID) (incident.State, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h, ok := c.lru.Peek(id)
	return h.State, ok
}

// put keeps a history and lets the oldest ones go.
func (c *cache) put(id incident.ID, h History) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Remove(id) // accounts for the size of what stood there
	c.bytes += h.size()
	c.lru.Add(id, h)
	for c.bytes > c.maxBytes && c.lru.Len() > 1 {
		c.lru.RemoveOldest()
	}
}

// drop forgets a history.
func (c *cache) drop(id incident.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lru.Remove(id)
}

// stats returns how many histories and bytes are kept.
func (c *cache) stats() (entries, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lru.Len(), c.bytes
}
