package lane

import "sync"

// Bell tells lanes of the same process that there is something new for them, so
// that a lane which lingers need not ask the database. It is safe for concurrent
// use.
type Bell struct {
	mu        sync.Mutex
	listening map[string]chan struct{}
}

// NewBell returns a bell that nobody listens to.
func NewBell() *Bell { return &Bell{listening: map[string]chan struct{}{}} }

// listen returns what is closed at the next ring for a receiver.
func (b *Bell) listen(webhook string) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	rung, ok := b.listening[webhook]
	if !ok {
		rung = make(chan struct{})
		b.listening[webhook] = rung
	}
	return rung
}

// leave forgets a receiver to which no lane listens any more.
func (b *Bell) leave(webhook string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.listening, webhook)
}

// ring tells the lanes of receivers.
func (b *Bell) ring(webhooks []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range webhooks {
		if rung, ok := b.listening[id]; ok {
			close(rung)
			delete(b.listening, id)
		}
	}
}
