package sign

import (
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// remembered is how many ids are remembered.
	remembered = 1 << 16
	// rememberFor is how long: a signed time may be as far ahead as behind.
	rememberFor = 2 * Tolerance
)

// Memory knows the requests that were taken, so that one that is repeated is taken once.
// It is safe for concurrent use, and forgets with its process.
type Memory struct {
	now func() time.Time

	mu   sync.Mutex
	seen *lru.Cache[string, mark]
}

// mark is what is known of one request.
type mark struct {
	taken bool // false while it is being taken
	until time.Time
}

// NewMemory returns an empty memory with a clock.
func NewMemory(now func() time.Time) *Memory {
	seen, err := lru.New[string, mark](remembered)
	if err != nil {
		panic(err) // only for a size that is not positive
	}
	return &Memory{now: now, seen: seen}
}

// State is what is known of a request.
type State int

// What is known of a request.
const (
	// Fresh: it is new, and whoever asked takes it now: [Memory.Done] has to follow.
	Fresh State = iota
	// Taking: somebody else is taking it at this moment.
	Taking
	// Taken: it was taken.
	Taken
)

// Begin says what is known of the request of a sender, and notes that it is being taken
// when nothing is. Requests without an id are always fresh.
func (m *Memory) Begin(sender, id string) State {
	if id == "" {
		return Fresh
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	known, ok := m.seen.Get(sender + " " + id)
	switch {
	case !ok || m.now().After(known.until):
		m.note(sender, id, false)
		return Fresh
	case known.taken:
		return Taken
	}
	return Taking
}

// Done says how a request that was fresh ended. One that was not taken may come again.
func (m *Memory) Done(sender, id string, taken bool) {
	if id == "" {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if taken {
		m.note(sender, id, true)
		return
	}
	m.seen.Remove(sender + " " + id)
}

// note is called under the lock.
func (m *Memory) note(sender, id string, taken bool) {
	m.seen.Add(sender+" "+id, mark{taken: taken, until: m.now().Add(rememberFor)})
}
