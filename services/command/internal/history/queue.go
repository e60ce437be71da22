package history

import (
	"context"
	"fmt"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// queues is one queue per incident: whoever comes first goes first, and
// different incidents do not wait for each other.
type queues struct {
	mu     sync.Mutex
	queues map[incident.ID]*queue
}

// queue is a lock that is granted in order and can be waited for with a context.
type queue struct {
	turn  chan struct{} // holds one token; waiters on a channel are served in order
	users int           // whoever holds or waits
}

// enter waits for its turn and returns what ends it.
func (q *queues) enter(ctx context.Context, id incident.ID) (leave func(), err error) {
	one := q.join(id)
	select {
	case <-one.turn:
		return func() {
			one.turn <- struct{}{}
			q.part(id, one)
		}, nil
	case <-ctx.Done():
		q.part(id, one)
		return nil, fmt.Errorf("wait for the incident's turn: %w", ctx.Err())
	}
}

func (q *queues) join(id incident.ID) *queue {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.queues == nil {
		q.queues = make(map[incident.ID]*queue)
	}
	one := q.queues[id]
	if one == nil {
		one = &queue{turn: make(chan struct{}, 1)}
		one.turn <- struct{}{}
		q.queues[id] = one
	}
	one.users++
	return one
}

func (q *queues) part(id incident.ID, one *queue) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one.users--
	if one.users == 0 {
		delete(q.queues, id)
	}
}
