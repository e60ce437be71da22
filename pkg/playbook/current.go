package playbook

import (
	"sync"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// Current makes the playbook of a catalog's state and keeps the last one, since
// states change seldom and are asked often. Its zero value is ready; its methods
// are safe for concurrent use.
type Current struct {
	mu    sync.Mutex
	state *catalog.State
	book  *Playbook
}

// Of returns the playbook of a state. The error is that of [New].
func (c *Current) Of(state *catalog.State) (*Playbook, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.book != nil && c.state == state {
		return c.book, nil
	}
	book, err := OfState(state)
	if err != nil {
		return nil, err
	}
	c.state, c.book = state, book
	return book, nil
}

// OfState returns the playbook of a state. The error is that of [New].
func OfState(state *catalog.State) (*Playbook, error) {
	var configured []*catalog.Resource
	for _, kind := range []string{"severity", "role", "clock_policy", "calendar", "checklist", "template", "category"} {
		configured = append(configured, state.List(kind)...)
	}
	return New(configured)
}
