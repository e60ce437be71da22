package jetstream

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Bounds of what a listener may have before it that it has not taken yet. One that
// has more is on its own until it has caught up.
const (
	aheadMessages = 2048
	aheadBytes    = 4 << 20
)

// errBehind: a listener did not keep up with the hub. errOver: what it listened to is over,
// since nobody follows the whole log any more.
var (
	errBehind = errors.New("behind the shared feed")
	errOver   = errors.New("the shared feed is over")
)

// hub lets all who follow the log by one [Log] share one consumer. What is appended
// is then sent, received and taken apart once, however many follow.
//
// It runs while somebody follows the whole log. Who follows a few subjects listens
// to it while it runs; it does not run for them alone, since it would cost them what
// the log costs. Whoever is behind reads by a consumer of its own.
type hub struct {
	starting sync.Mutex // held while a session starts
	mu       sync.Mutex
	session  *session // nil while nothing runs
}

// session is one consumer and who listens to it.
type session struct {
	cancel    context.CancelFunc
	done      chan struct{}
	all       int // listeners to the whole log
	listeners map[*listener]struct{}
}

// listener gets what matches its filter and was stored after it joined; at first
// perhaps some of what was stored before.
type listener struct {
	session  *session
	filter   string
	messages chan eventlog.Message // closed at the end, for the reason in why
	bytes    atomic.Int64          // of what is in messages
	why      error
}

// running tells whether there is something to listen to.
func (h *hub) running() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.session != nil
}

// join returns a listener; nil when nothing runs and nothing should for this filter.
func (l *Log) join(ctx context.Context, filter string) (*listener, error) {
	if found := l.hub.listen(filter); found != nil || filter != eventlog.FilterAll {
		return found, nil
	}
	l.hub.starting.Lock()
	defer l.hub.starting.Unlock()
	if found := l.hub.listen(filter); found != nil {
		return found, nil
	}
	return l.startHub(ctx)
}

// startHub starts a session behind the last message that is stored now, and listens to the
// whole log.
func (l *Log) startHub(ctx context.Context) (*listener, error) {
	last, err := l.LastSequence(ctx, eventlog.FilterAll)
	if err != nil {
		return nil, err
	}
	consumer, err := l.createConsumer(ctx, eventlog.FilterAll, last+1)
	if err != nil {
		return nil, feedError(ctx, err)
	}
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &session{cancel: cancel, done: make(chan struct{}), listeners: map[*listener]struct{}{}}
	l.hub.mu.Lock()
	l.hub.session = s
	first := s.listen(eventlog.FilterAll)
	l.hub.mu.Unlock()
	go func() {
		defer close(s.done)
		err := l.consume(running, consumer, func(_ context.Context, m eventlog.Message, _ uint64) error {
			if m.Sequence > 0 {
				l.hub.publish(s, m)
			}
			return nil
		})
		if running.Err() != nil {
			err = errOver
		}
		l.hub.end(s, err)
	}()
	return first, nil
}

// listen adds a listener to what runs; nil when nothing does.
func (h *hub) listen(filter string) *listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.session == nil {
		return nil
	}
	return h.session.listen(filter)
}

// listen adds a listener. The caller holds the hub's lock.
func (s *session) listen(filter string) *listener {
	l := &listener{session: s, filter: filter, messages: make(chan eventlog.Message, aheadMessages)}
	s.listeners[l] = struct{}{}
	if filter == eventlog.FilterAll {
		s.all++
	}
	return l
}

// leave ends a listener, and what runs when nobody follows the whole log any more.
func (h *hub) leave(l *listener) {
	h.mu.Lock()
	h.drop(l, nil)
	s := l.session
	idle := s.all == 0
	if idle && h.session == s {
		h.session = nil
	}
	h.mu.Unlock()
	if idle {
		s.cancel()
		<-s.done
	}
}

// drop takes a listener out. The caller holds the lock.
func (h *hub) drop(l *listener, why error) {
	if _, in := l.session.listeners[l]; !in {
		return
	}
	delete(l.session.listeners, l)
	if l.filter == eventlog.FilterAll {
		l.session.all--
	}
	l.why = why
	close(l.messages)
}

// publish hands a message to all who want it and waits for nobody.
func (h *hub) publish(s *session, m eventlog.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range s.listeners {
		if !eventlog.Match(l.filter, m.Subject) {
			continue
		}
		if len(l.messages) == cap(l.messages) || l.bytes.Load() > aheadBytes {
			h.drop(l, errBehind)
			continue
		}
		l.bytes.Add(int64(len(m.Data)))
		l.messages <- m
	}
}

// end tells everybody that a session is over.
func (h *hub) end(s *session, why error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.session == s {
		h.session = nil
	}
	for l := range s.listeners {
		h.drop(l, why)
	}
}

// next returns what comes next. At the end it returns why: [errBehind], [errOver] or what
// the consumer broke with.
func (l *listener) next(ctx context.Context) (eventlog.Message, error) {
	select {
	case m, open := <-l.messages:
		if !open {
			return m, l.why
		}
		l.bytes.Add(-int64(len(m.Data)))
		return m, nil
	case <-ctx.Done():
		return eventlog.Message{}, ctx.Err()
	}
}
