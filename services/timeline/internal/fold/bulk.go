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
	shards []*bulkShard
}

// bulkShard is the part of one goroutine.
type bulkShard struct {
	known map[incident.ID]*packed
	// entries is where views keep theirs while a message is folded.
	entries []view.Entry
}

// NewBulk returns a bulk that folds with so many goroutines.
func NewBulk(workers int) *Bulk {
	b := &Bulk{seed: maphash.MakeSeed(), shards: make([]*bulkShard, workers)}
	for i := range b.shards {
		b.shards[i] = &bulkShard{known: make(map[incident.ID]*packed)}
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
					_ = b.shards[i].fold(m, nil) // only seen returns errors
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

// fold folds a message. seen, if given, is called with the state before its
// entries are packed away.
func (b *bulkShard) fold(m eventlog.Message, seen func(*state) error) error {
	id, _ := IncidentOf(m.Subject)
	p := b.known[id]
	if p == nil {
		p = &packed{state: state{id: id}}
		b.known[id] = p
	}
	p.view.Entries = b.entries[:0]
	p.apply(m)
	var err error
	if seen != nil {
		err = seen(&p.state)
	}
	b.entries = p.pack()
	return err
}

// Next folds messages after those that were read and returns the rows that they
// change, of which later ones replace earlier ones.
func (b *Bulk) Next(messages []eventlog.Message) (Rows, error) {
	var rows Rows
	for _, m := range messages {
		id, ok := IncidentOf(m.Subject)
		if !ok {
			continue
		}
		err := b.shards[b.shard(id)].fold(m, func(s *state) error {
			c := Change{ID: id, state: s}
			c.complete()
			return rows.Add(c)
		})
		if err != nil {
			return Rows{}, err
		}
	}
	return rows.latest(), nil
}

// Entries is how many entries there are.
func (b *Bulk) Entries() int {
	n := 0
	for _, p := range b.incidents() {
		n += len(p.places)
	}
	return n
}

// incidents are those of which something could be folded.
func (b *Bulk) incidents() []*packed {
	var all []*packed
	for _, shard := range b.shards {
		for _, p := range shard.known {
			if p.view.Incident.Revision > 0 {
				all = append(all, p)
			}
		}
	}
	return all
}

// IncidentRows returns a function that returns the rows of incidents one by one,
// and nil at the end or when one cannot be made, and a function that then says
// why.
func (b *Bulk) IncidentRows() (next func() *row.Incident, failed func() error) {
	all := b.incidents()
	var r row.Incident
	var err error
	next = func() *row.Incident {
		if len(all) == 0 || err != nil {
			return nil
		}
		if r, err = row.IncidentOf(&all[0].view.Incident); err != nil {
			return nil
		}
		all = all[1:]
		return &r
	}
	return next, func() error { return err }
}

// EntryRows returns a function that returns the rows of entries one by one, in
// the form of [row.Entry.AppendBinary], and nil at the end. step is called with
// the number of entries of each incident that is done.
func (b *Bulk) EntryRows(step func(entries int)) func() []byte {
	all := b.incidents()
	var p *packed
	var places []place
	return func() []byte {
		for len(places) == 0 {
			if len(all) == 0 {
				return nil
			}
			p, all = all[0], all[1:]
			places = p.places
			step(len(places))
		}
		at := places[0]
		places = places[1:]
		return p.row(at)
	}
}

// Problems are the incidents in quarantine.
func (b *Bulk) Problems() []Problem {
	var problems []Problem
	for _, shard := range b.shards {
		for _, p := range shard.known {
			if p.problem != nil {
				problems = append(problems, *p.problem)
			}
		}
	}
	return problems
}
