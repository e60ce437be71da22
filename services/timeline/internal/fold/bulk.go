package fold

import (
	"context"
	"fmt"
	"hash/maphash"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// chunk is how many messages travel together, so that goroutines seldom wait for
// each other.
const chunk = 512

// Bulk folds a whole log in memory, for a rebuild: nothing is forgotten, and rows
// are taken out at the end. Afterwards it goes on with [Bulk.Next].
type Bulk struct {
	seed   maphash.Seed
	shards []map[incident.ID]*state
}

// NewBulk returns a bulk that folds with so many goroutines.
func NewBulk(workers int) *Bulk {
	b := &Bulk{seed: maphash.MakeSeed(), shards: make([]map[incident.ID]*state, workers)}
	for i := range b.shards {
		b.shards[i] = make(map[incident.ID]*state)
	}
	return b
}

func (b *Bulk) shard(id incident.ID) int {
	return int(maphash.String(b.seed, string(id)) % uint64(len(b.shards)))
}

// Read folds the messages of a log after a position up to a sequence. step is
// called now and then with the number of messages read so far.
func (b *Bulk) Read(ctx context.Context, log eventlog.Reader, after eventlog.Position, until uint64, step func(messages uint64)) error {
	queues := make([]chan []eventlog.Message, len(b.shards))
	done := make(chan struct{}, len(b.shards))
	for i := range queues {
		queues[i] = make(chan []eventlog.Message, 8)
		go func() {
			defer func() { done <- struct{}{} }()
			for messages := range queues[i] {
				for _, m := range messages {
					b.fold(i, m)
				}
			}
		}()
	}
	err := b.feed(ctx, log, after, until, queues, step)
	for i := range queues {
		close(queues[i])
	}
	for range queues {
		<-done
	}
	return err
}

// feed reads the log and hands each message to the goroutine of its incident.
func (b *Bulk) feed(ctx context.Context, log eventlog.Reader, after eventlog.Position, until uint64, queues []chan []eventlog.Message, step func(uint64)) error {
	parts := make([][]eventlog.Message, len(queues))
	read := uint64(0)
	err := log.Read(ctx, after, until, func(m eventlog.Message) error {
		if read++; read%(chunk*8) == 0 {
			step(read)
		}
		id, ok := IncidentOf(m.Subject)
		if !ok {
			return nil
		}
		i := b.shard(id)
		if parts[i] = append(parts[i], m); len(parts[i]) == chunk {
			queues[i] <- parts[i]
			parts[i] = make([]eventlog.Message, 0, chunk)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	for i := range parts {
		queues[i] <- parts[i]
	}
	step(read)
	return nil
}

func (b *Bulk) fold(shard int, m eventlog.Message) *state {
	id, _ := IncidentOf(m.Subject)
	st := b.shards[shard][id]
	if st == nil {
		st = &state{id: id}
		b.shards[shard][id] = st
	}
	st.apply(m)
	return st
}

// Next folds messages after those that were read and returns the rows that they
// change.
func (b *Bulk) Next(messages []eventlog.Message) (Rows, error) {
	changed := make(map[incident.ID]*Change)
	for _, m := range messages {
		id, ok := IncidentOf(m.Subject)
		if !ok {
			continue
		}
		if changed[id] == nil {
			i := b.shard(id)
			if st := b.shards[i][id]; st != nil {
				st.view.Touched() // what Read left is written already
			}
		}
		changed[id] = &Change{ID: id, state: b.fold(b.shard(id), m)}
	}
	var rows Rows
	for _, c := range changed {
		c.complete()
		if err := rows.Add(*c); err != nil {
			return Rows{}, err
		}
	}
	return rows, nil
}

// Entries is how many entries there are.
func (b *Bulk) Entries() int {
	n := 0
	for _, st := range b.states() {
		n += len(st.view.Entries)
	}
	return n
}

// states are the incidents of which something could be folded.
func (b *Bulk) states() []*state {
	var states []*state
	for _, shard := range b.shards {
		for _, st := range shard {
			if st.view.Incident.Revision > 0 {
				states = append(states, st)
			}
		}
	}
	return states
}

// IncidentRows returns a function that returns the rows of incidents one by one,
// and nil at the end or when one cannot be made, and a function that then says
// why.
func (b *Bulk) IncidentRows() (next func() *row.Incident, failed func() error) {
	states := b.states()
	var r row.Incident
	var err error
	next = func() *row.Incident {
		if len(states) == 0 || err != nil {
			return nil
		}
		if r, err = row.IncidentOf(&states[0].view.Incident); err != nil {
			return nil
		}
		states = states[1:]
		return &r
	}
	return next, func() error { return err }
}

// EntryRows returns a function that returns the rows of entries one by one, and
// nil at the end. step is called with the number of entries of each incident that
// is done.
func (b *Bulk) EntryRows(step func(entries int)) func() *row.Entry {
	states := b.states()
	var r row.Entry
	var entries []view.Entry
	return func() *row.Entry {
		for len(entries) == 0 {
			if len(states) == 0 {
				return nil
			}
			entries = states[0].view.Entries
			r.IncidentID = string(states[0].id)
			states = states[1:]
			step(len(entries))
		}
		r.Entry, entries = entries[0], entries[1:]
		return &r
	}
}

// Problems are the incidents in quarantine.
func (b *Bulk) Problems() []Problem {
	var problems []Problem
	for _, shard := range b.shards {
		for _, st := range shard {
			if st.problem != nil {
				problems = append(problems, *st.problem)
			}
		}
	}
	return problems
}
