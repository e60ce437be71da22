package clocks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

const (
	// beat is how often it is looked whether a time has come.
	beat = time.Second
	// lookAgain lies between two looks while much happens: an incident on which one event
	// follows another is looked at once for all of them.
	lookAgain = 100 * time.Millisecond
	// retryAfter lies between attempts to record what could not be recorded.
	retryAfter = 5 * time.Second
	// forget is how long ago something may have been passed and still be recorded: a
	// service that was away for a night makes up for it, and nobody is told of what a
	// new playbook would have asked for last year.
	forget = 7 * 24 * time.Hour
	// queued bounds how many messages are read ahead.
	queued = 256
)

// Keeper watches clocks. Its fields are set once, before Run.
type Keeper struct {
	Log eventlog.Reader
	// Catalog has the playbook; it has to be ready.
	Catalog *catalog.Follower
	// Commands records.
	Commands incidentv1.CommandServiceClient
	// Now is the clock.
	Now    func() time.Time
	Logger *slog.Logger
	// Beat replaces how often it is looked whether a time has come; 0: a second.
	Beat time.Duration

	books   playbook.Current
	book    *playbook.Playbook
	state   *catalog.State
	watched map[incident.ID]*watched
	due     map[incident.ID]bool // to be looked at
	alike   *alike               // by category
	settled uint64               // the log's end at the start
	at      uint64               // the last message read
	small   bool                 // the maps of the start were let go
}

// Run watches until ctx ends, and returns the error that ended it.
func (k *Keeper) Run(ctx context.Context) error {
	k.watched, k.due, k.at, k.small = map[incident.ID]*watched{}, map[incident.ID]bool{}, 0, false
	k.alike = newAlike()
	var err error
	if k.settled, err = k.Log.LastSequence(ctx, eventlog.FilterIncidents); err != nil {
		return fmt.Errorf("watch clocks: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	messages := make(chan eventlog.Message, queued)
	tail := make(chan error, 1)
	go func() {
		defer close(messages)
		tail <- k.Log.TailSubjects(ctx, eventlog.FilterIncidents, 0, func(m eventlog.Message) error {
			select {
			case messages <- m:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	}()
	err = k.consume(ctx, messages)
	cancel()
	return fmt.Errorf("watch clocks: %w", errors.Join(err, <-tail))
}

// consume folds what comes and looks at clocks when it is time.
func (k *Keeper) consume(ctx context.Context, messages <-chan eventlog.Message) error {
	every := k.Beat
	if every == 0 {
		every = beat
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	var looked time.Time
	later := time.NewTimer(time.Hour)
	defer later.Stop()
	for {
		select {
		case m, open := <-messages:
			if !open {
				return nil
			}
			if err := k.fold(ctx, m); err != nil {
				return err
			}
			if len(messages) > 0 || k.at < k.settled {
				continue // what comes may change what is so
			}
			if rest := time.Until(looked.Add(lookAgain)); rest > 0 {
				later.Reset(rest)
				continue
			}
		case <-later.C:
			if k.at < k.settled {
				continue
			}
		case <-tick.C:
			if k.at < k.settled {
				continue
			}
			k.comeDue()
		}
		looked = time.Now()
		if err := k.look(ctx); err != nil {
			return err
		}
		k.settle()
	}
}

// settle gives back the memory of what the start looked at and found finished: a map
// keeps the size that it once had.
func (k *Keeper) settle() {
	if k.small {
		return
	}
	k.small = true
	watched := make(map[incident.ID]*watched, len(k.watched))
	maps.Copy(watched, k.watched)
	k.watched, k.due = watched, map[incident.ID]bool{}
}

// fold folds a message. An incident that cannot be read is not watched; it must not
// silence all others.
func (k *Keeper) fold(ctx context.Context, m eventlog.Message) error {
	k.at = m.Sequence
	id := incident.ID(strings.TrimPrefix(m.Subject, incidentlog.SubjectPrefix))
	entries, err := incidentlog.Open(m)
	if err != nil || len(entries) == 0 {
		k.Logger.WarnContext(ctx, "the clocks of an incident are not watched: it cannot be read", "incident_id", id, "error", err)
		delete(k.watched, id)
		delete(k.due, id)
		return nil
	}
	w := k.watched[id]
	if w == nil {
		w = &watched{id: id}
	}
	if !w.apply(entries) {
		// It was not watched any more.
		w = &watched{id: id}
		all, err := incidentlog.Load(ctx, k.Log, id, m.Sequence)
		if err != nil {
			return err
		}
		w.apply(all)
	}
	k.watched[id], k.due[id] = w, true
	k.alike.put(&w.compared, w.matters)
	w.matters = false
	return nil
}

// comeDue notes whose time has come.
func (k *Keeper) comeDue() {
	now := k.Now()
	for id, w := range k.watched {
		if !w.next.IsZero() && !w.next.After(now) {
			k.due[id] = true
		}
	}
}

// look looks at the clocks of those whose time has come, and of all when the playbook has
// changed. Who has nothing to wait for is watched again once something happens.
func (k *Keeper) look(ctx context.Context) error {
	if state := k.Catalog.State(); k.book == nil || k.state != state {
		book, err := k.books.Of(state)
		if err != nil {
			return err
		}
		k.book, k.state = book, state
		k.alike.lookAtAll()
		for id := range k.watched {
			k.due[id] = true
		}
	}
	now := k.Now()
	for id := range k.due {
		delete(k.due, id)
		w := k.watched[id]
		found, next := w.untold(k.book.Policies(), now, now.Add(-forget))
		w.next = next
		if len(found) > 0 && w.refused != w.revision {
			if err := k.record(ctx, w, found[0]); err != nil {
				return err
			}
			continue
		}
		if next.IsZero() && w.revision != w.refused {
			delete(k.watched, id)
		}
	}
	k.review(ctx, now)
	return nil
}
