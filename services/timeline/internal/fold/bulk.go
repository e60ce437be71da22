package fold

import (
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
)

// chunk is how many messages travel together, so that goroutines seldom wait for
// each other.
const chunk = 512

// Sink takes the rows of a bulk. Its methods are called by several goroutines at
// once and may wait until there is room.
type Sink interface {
	// Incident takes the row of an incident.
	Incident(ctx context.Context, r row.Incident) error
	// Entries takes the rows of some of its entries, each in the form of
	// [row.Entry.AppendBinary], one after the other, and how many there are.
	Entries(ctx context.Context, rows []byte, count int) error
}

// BulkOptions size a bulk.
type BulkOptions struct {
	// Workers is the number of goroutines that fold; 0 means 2.
	Workers int
	// Bytes bounds roughly what is kept in memory; 0 means 256 MiB.
	Bytes int
}

const defaultBulkBytes = 256 << 20

// Bulk folds a whole log in one go, for a rebuild, in bounded memory. Incidents
// that nothing happened to for the longest time are given to the sink to make
// room. One that something happens to afterwards is stale: what the sink has of it
// is of the past, and has to be replaced by what [Reload] returns.
type Bulk struct {
	sink   Sink
	seed   maphash.Seed
	shards []*bulkShard
}

// NewBulk returns a bulk that gives rows to a sink.
func NewBulk(sink Sink, o BulkOptions) *Bulk {
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	if o.Bytes == 0 {
		o.Bytes = defaultBulkBytes
	}
	b := &Bulk{sink: sink, seed: maphash.MakeSeed(), shards: make([]*bulkShard, o.Workers)}
	for i := range b.shards {
		b.shards[i] = newBulkShard(b, o.Bytes/o.Workers)
	}
	return b
}

func (b *Bulk) hash(id incident.ID) uint64 { return maphash.String(b.seed, string(id)) }

// Read folds the messages of a log from its beginning up to a sequence and gives
// all rows to the sink. step is called now and then with the number of messages
// read so far.
func (b *Bulk) Read(ctx context.Context, log eventlog.Reader, until uint64, step func(messages uint64)) error {
	queues := make([]chan []eventlog.Message, len(b.shards))
	group, ctx := errgroup.WithContext(ctx)
	for i := range queues {
		queues[i] = make(chan []eventlog.Message, 8)
		group.Go(func() error { return b.shards[i].run(ctx, queues[i]) })
	}
	group.Go(func() error {
		defer func() {
			for i := range queues {
				close(queues[i])
			}
		}()
		return b.feed(ctx, log, until, queues, step)
	})
	return group.Wait()
}

// feed reads the log and hands each message to the goroutine of its incident.
func (b *Bulk) feed(ctx context.Context, log eventlog.Reader, until uint64, queues []chan []eventlog.Message, step func(uint64)) error {
	parts := make([][]eventlog.Message, len(queues))
	read := uint64(0)
	send := func(i int) error {
		select {
		case queues[i] <- parts[i]:
			parts[i] = make([]eventlog.Message, 0, chunk)
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	err := log.Read(ctx, eventlog.Position{}, until, func(m eventlog.Message) error {
		if read++; read%(chunk*8) == 0 {
			step(read)
		}
		id, ok := IncidentOf(m.Subject)
		if !ok {
			return nil
		}
		i := int(b.hash(id) % uint64(len(parts)))
		if parts[i] = append(parts[i], m); len(parts[i]) == chunk {
			return send(i)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read log: %w", err)
	}
	for i := range parts {
		if err := send(i); err != nil {
			return err
		}
	}
	step(read)
	return nil
}

// Entries is how many entries were given to the sink.
func (b *Bulk) Entries() int {
	n := 0
	for _, s := range b.shards {
		n += s.entries
	}
	return n
}

// Stale returns the incidents of which the sink has the past only, sorted.
func (b *Bulk) Stale() []incident.ID {
	var ids []incident.ID
	for _, s := range b.shards {
		ids = slices.AppendSeq(ids, maps.Keys(s.stale))
	}
	slices.Sort(ids)
	return ids
}

// Problems are the incidents in quarantine that are not stale.
func (b *Bulk) Problems() []Problem {
	var problems []Problem
	for _, s := range b.shards {
		for id, p := range s.problems {
			if _, stale := s.stale[id]; !stale {
				problems = append(problems, p)
			}
		}
	}
	return problems
}

// Reload folds one incident up to a sequence of the log and returns all its rows.
func Reload(ctx context.Context, log eventlog.Reader, id incident.ID, until uint64) (Rows, error) {
	var rows Rows
	messages, err := log.Load(ctx, Subject(id), 0)
	if err != nil {
		return rows, fmt.Errorf("load incident %s: %w", id, err)
	}
	s := &state{id: id}
	for _, m := range messages {
		if m.Sequence <= until {
			s.apply(m)
		} else {
			s.doomed = append(s.doomed, redactions(m)...)
		}
	}
	s.redact(s.doomed)
	c := Change{ID: id, state: s}
	c.complete()
	return rows, rows.Add(c)
}
