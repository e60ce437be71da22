package relay_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board is a stream of documents in memory.
type board struct {
	mu    sync.Mutex
	docs  map[string]proto.Message
	mark  *statusv1.RelayMark
	marks int
	puts  []string                   // subjects, in the order of their storing
	fail  func(subject string) error // nil: never
}

func newBoard() *board {
	return &board{docs: map[string]proto.Message{}, mark: &statusv1.RelayMark{}}
}

func (b *board) Claim(_ context.Context, id string) (relay.Writer, *statusv1.RelayMark, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := proto.CloneOf(b.mark)
	b.mark.Relay = id
	b.marks++
	return writer{b, id}, before, nil
}

func (b *board) Sign(context.Context) (uint64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return uint64(b.marks), nil
}

// shown are the texts of all incidents by id, and the number of storings so far.
func (b *board) shown() (texts map[string]string, puts int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	texts = map[string]string{}
	for subject, doc := range b.docs {
		if d, ok := doc.(*statusv1.IncidentDocument); ok && d.GetId() != "" {
			var all []string
			for _, u := range d.GetUpdates() {
				all = append(all, u.GetBody())
			}
			texts[subject] = d.GetTitle() + ": " + strings.Join(all, "|")
		}
	}
	return texts, len(b.puts)
}

func (b *board) marked() *statusv1.RelayMark {
	b.mu.Lock()
	defer b.mu.Unlock()
	return proto.CloneOf(b.mark)
}

// writer writes as long as the board is its relay's.
type writer struct {
	board *board
	relay string
}

func (w writer) Put(_ context.Context, subject string, doc proto.Message) (bool, error) {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	if w.board.mark.GetRelay() != w.relay {
		return false, public.ErrOvertaken
	}
	if w.board.fail != nil {
		if err := w.board.fail(subject); err != nil {
			return false, err
		}
	}
	if before := w.board.docs[subject]; before == nil && proto.Size(doc) == 0 || before != nil && proto.Equal(bare(before), bare(doc)) {
		return false, nil
	}
	w.board.docs[subject] = proto.Clone(doc)
	w.board.puts = append(w.board.puts, subject)
	return true, nil
}

func bare(doc proto.Message) proto.Message {
	out := proto.Clone(doc)
	switch d := out.(type) {
	case *statusv1.IncidentDocument:
		d.SourceEpoch, d.SourceSequence = "", 0
	case *statusv1.PageDocument:
		d.SourceEpoch, d.SourceSequence = "", 0
	}
	return out
}

func (w writer) Retire(ctx context.Context, keep func(string) bool) (retired int, err error) {
	w.board.mu.Lock()
	subjects := slices.Collect(maps.Keys(w.board.docs))
	w.board.mu.Unlock()
	for _, subject := range subjects {
		if keep(subject) {
			continue
		}
		if changed, err := w.Put(ctx, subject, &statusv1.IncidentDocument{}); err != nil {
			return retired, err
		} else if changed {
			retired++
		}
	}
	return retired, nil
}

func (w writer) Mark(_ context.Context, mark *statusv1.RelayMark) error {
	w.board.mu.Lock()
	defer w.board.mu.Unlock()
	if w.board.mark.GetRelay() != w.relay {
		return public.ErrOvertaken
	}
	w.board.mark = proto.CloneOf(mark)
	w.board.mark.Relay = w.relay
	w.board.marks++
	return nil
}

func (w writer) Documents() int { return len(w.board.docs) }

// counted is a log that counts what is read of it.
type counted struct {
	eventlog.Log

	mu      sync.Mutex
	tailed  int
	loaded  int
	broken  error  // what Tail ends with
	loading func() // called between the reading of an incident and its return; nil: nothing
}

func (c *counted) Tail(ctx context.Context, after eventlog.Position, fn func(eventlog.Message) error) error {
	c.mu.Lock()
	broken := c.broken
	c.mu.Unlock()
	if broken != nil {
		return broken
	}
	return c.Log.Tail(ctx, after, func(m eventlog.Message) error {
		c.mu.Lock()
		c.tailed++
		c.mu.Unlock()
		return fn(m)
	})
}

func (c *counted) Load(ctx context.Context, subject string, after uint64) ([]eventlog.Message, error) {
	c.mu.Lock()
	c.loaded++
	loading := c.loading
	c.mu.Unlock()
	messages, err := c.Log.Load(ctx, subject, after)
	if loading != nil {
		loading()
	}
	return messages, err
}

func (c *counted) read() (tailed, loaded int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tailed, c.loaded
}

// bench is a log and a board; time is that of the bubble.
type bench struct {
	t       *testing.T
	desk    incidentlogtest.Desk
	log     *counted
	board   *board
	catalog *catalog.Follower
	said    *syncBuffer
}

func newBench(t *testing.T) *bench {
	log := &counted{Log: memory.New(memory.Options{})}
	return &bench{t: t, desk: incidentlogtest.Desk{Log: log.Log}, log: log, board: newBoard(), said: &syncBuffer{}}
}

// run starts a relay; stop ends it, at the end of the test at the latest.
func (b *bench) run() (r *relay.Relay, stop func()) {
	b.t.Helper()
	if b.catalog == nil {
		b.catalog = incidentlogtest.Follow(b.t, b.desk.Log)
	}
	r = &relay.Relay{
		Log: b.log, Catalog: b.catalog, Stream: b.board, Logger: slog.New(slog.NewTextHandler(b.said, nil)),
		Tracer: noop.NewTracerProvider().Tracer(""),
	}
	r.Init()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("run: %v", err)
		}
	})
	b.t.Cleanup(stop)
	return r, stop
}

// after lets time pass until everything rests, and returns what is shown.
func (b *bench) after(d time.Duration) (texts map[string]string, puts int) {
	<-time.After(d) // of the bubble
	synctest.Wait()
	return b.board.shown()
}

// declare begins the nth incident, and publishes it when text is not empty.
func (b *bench) declare(n int, text string) {
	b.t.Helper()
	commands := []incident.Command{incident.Declare{Number: uint64(n + 1), Title: fmt.Sprintf("Title %d", n), Severity: incident.SEV1}}
	if text != "" {
		commands = append(commands, update("u1", text))
	}
	b.desk.Must(b.t, id(n), commands...)
}

func id(n int) incident.ID { return incident.ID(fmt.Sprintf("i%d", n)) }

func update(id, text string) incident.PublishUpdate {
	return incident.PublishUpdate{UpdateID: id, Status: incident.StatusInvestigating, Message: text}
}

// has tells whether one of the texts is this.
func has(texts map[string]string, text string) bool {
	return slices.Contains(slices.Collect(maps.Values(texts)), text)
}

// syncBuffer is a buffer for several goroutines.
type syncBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
