package projection

import (
	"context"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// queue is what was read and not yet taken, bounded in bytes.
type queue struct {
	limit int // bytes

	mu       sync.Mutex
	messages []eventlog.Message
	bytes    int
	filled   chan struct{} // holds one token when there are messages
	drained  chan struct{} // holds one token when there is room
	enough   chan struct{} // holds one token when there may be plenty of messages
}

// overhead is what a message takes beside its data, roughly.
const overhead = 128

func newQueue(limit int) *queue {
	return &queue{limit: limit, filled: make(chan struct{}, 1), drained: make(chan struct{}, 1), enough: make(chan struct{}, 1)}
}

// put adds a message, once there is room for it. There is one caller.
func (q *queue) put(ctx context.Context, m eventlog.Message) error {
	for {
		q.mu.Lock()
		if q.bytes < q.limit {
			q.messages = append(q.messages, m)
			q.bytes += len(m.Data) + overhead
			many := len(q.messages) == plenty || q.bytes >= q.limit
			q.mu.Unlock()
			signal(q.filled)
			if many {
				signal(q.enough)
			}
			return nil
		}
		q.mu.Unlock()
		select {
		case <-q.drained:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// size is how many messages there are. What does not fit counts as plenty.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.bytes >= q.limit {
		return max(plenty, len(q.messages))
	}
	return len(q.messages)
}

// take returns what is there, at most so many messages, and waits while there is
// nothing. There is one caller.
func (q *queue) take(ctx context.Context, most int) ([]eventlog.Message, error) {
	for {
		q.mu.Lock()
		if n := min(len(q.messages), most); n > 0 {
			batch := q.messages[:n:n]
			q.messages = q.messages[n:]
			for i := range batch {
				q.bytes -= len(batch[i].Data) + overhead
			}
			if len(q.messages) == 0 {
				q.messages = nil // let the memory go with the batch
			}
			q.mu.Unlock()
			signal(q.drained)
			return batch, nil
		}
		q.mu.Unlock()
		select {
		case <-q.filled:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
