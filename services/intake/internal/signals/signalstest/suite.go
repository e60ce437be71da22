package signalstest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals"
)

// Run checks the stores that open returns; each call of open must return an
// empty one.
func Run(t *testing.T, open func(t *testing.T) signals.Store) {
	t.Run("order", func(t *testing.T) { testOrder(t, open(t)) })
	t.Run("comes again until handled", func(t *testing.T) { testAgain(t, open(t)) })
	t.Run("goes on where it was", func(t *testing.T) { testGoesOn(t, open(t)) })
	t.Run("one batch at a time", func(t *testing.T) { testOneAtATime(t, open(t)) })
	t.Run("many at once", func(t *testing.T) { testManyAtOnce(t, open(t)) })
	t.Run("find", func(t *testing.T) { testFind(t, open(t)) })
	t.Run("backlog", func(t *testing.T) { testBacklog(t, open(t)) })
	t.Run("once", func(t *testing.T) { testOnce(t, open(t)) })
	t.Run("unread", func(t *testing.T) { testUnread(t, open(t)) })
	t.Run("keeps all of it", func(t *testing.T) { testWhole(t, open(t)) })
}

// testOnce stores what is to be stored once, twice and side by side.
func testOnce(t *testing.T, s signals.Store) {
	put := func(id, once, unread string) error {
		return s.Put(t.Context(), &signalv1.RawSignal{Id: id, Source: "github", Body: []byte("body"), Once: once, Unread: unread})
	}
	for _, c := range []struct {
		id, once, unread string
		want             error
	}{
		{"a", "x", "no JSON", nil},
		{"b", "x", "no JSON", signals.ErrRepeated},
		{"c", "x", "", nil}, // it can be read now
		{"d", "x", "", signals.ErrRepeated},
		{"e", "y", "", nil},
		{"f", "", "", nil},
		{"g", "", "", nil},
	} {
		if err := put(c.id, c.once, c.unread); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.id, err, c.want)
		}
	}
	var all sync.WaitGroup
	var stored atomic.Int32
	for i := range 20 {
		all.Go(func() {
			if err := put("h"+strconv.Itoa(i), "z"+strconv.Itoa(i%5), ""); err == nil {
				stored.Add(1)
			} else if !errors.Is(err, signals.ErrRepeated) && !errors.Is(err, signals.ErrUnavailable) { // it is being stored
				t.Errorf("side by side: %v", err)
			}
		})
	}
	all.Wait()
	if got := Collect(t, s, 10); stored.Load() != 5 || len(got) != 10 {
		t.Errorf("%d were stored side by side, want 5; handed over %v", stored.Load(), got)
	}
}

// testUnread lists what could not be read.
func testUnread(t *testing.T, s signals.Store) {
	now := time.Now()
	if list, err := s.Unread(t.Context(), now.Add(-time.Hour), 10); err != nil || len(list) != 0 {
		t.Fatalf("of nothing: %v, %v", list, err)
	}
	put := func(id string, at time.Time, change func(*signalv1.RawSignal)) {
		t.Helper()
		signal := &signalv1.RawSignal{Id: id, Source: "alertmanager", ReceivedAtUs: at.UnixMicro(), Body: []byte("body")}
		change(signal)
		if err := s.Put(t.Context(), signal); err != nil {
			t.Fatal(err)
		}
	}
	unread := func(s *signalv1.RawSignal) { s.Unread = "no JSON" }
	put("old", now.Add(-time.Hour), unread)
	put("a", now, unread)
	put("good", now, func(*signalv1.RawSignal) {})
	put("b", now, unread)
	put("b", now, unread) // kept again by a process that died
	put("c", now, unread)
	long := errors.New(strings.Repeat("\xff", 5000))
	if err := s.Aside(t.Context(), &signalv1.RawSignal{Id: "d", Source: "alertmanager", ReceivedAtUs: now.UnixMicro(), Body: []byte("body")}, long); err != nil {
		t.Fatal(err)
	}
	put("a", now, func(s *signalv1.RawSignal) { s.Replayed, s.Body = true, nil })
	for limit, want := range map[int][]string{10: {"d", "c", "b"}, 1: {"d"}} {
		list, err := s.Unread(t.Context(), now.Add(-time.Minute), limit)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, u := range list {
			ids = append(ids, u.Signal.GetId())
			if u.Size != 4 || u.Signal.GetBody() != nil || u.Signal.GetUnread() != "no JSON" && !strings.HasPrefix(u.Signal.GetUnread(), "\uFFFD") {
				t.Errorf("got %v of %d bytes", u.Signal, u.Size)
			}
		}
		if !slices.Equal(ids, want) {
			t.Errorf("at most %d: %v, want %v", limit, ids, want)
		}
	}
	// They are handed over like the others: whoever handles them passes over them.
	if got := Collect(t, s, 8); len(got) != 8 {
		t.Errorf("%v were handed over", got)
	}
}

// filled is a signal of which every field is set, but those that the store sets itself.
func filled(t *testing.T, id string) *signalv1.RawSignal {
	t.Helper()
	s := &signalv1.RawSignal{}
	m := s.ProtoReflect()
	for i := range m.Descriptor().Fields().Len() {
		switch f := m.Descriptor().Fields().Get(i); {
		case f.Name() == "more":
		case f.IsMap():
			m.Mutable(f).Map().Set(protoreflect.ValueOfString("ce-id").MapKey(), protoreflect.ValueOfString("1"))
		case f.Kind() == protoreflect.StringKind:
			m.Set(f, protoreflect.ValueOfString("a-"+string(f.Name())))
		case f.Kind() == protoreflect.BytesKind:
			m.Set(f, protoreflect.ValueOfBytes([]byte{0, 255}))
		case f.Kind() == protoreflect.Int64Kind:
			m.Set(f, protoreflect.ValueOfInt64(42))
		case f.Kind() == protoreflect.BoolKind:
			m.Set(f, protoreflect.ValueOfBool(true))
		default:
			t.Fatalf("field %s: say here what it may hold", f.FullName())
		}
	}
	s.Id = id
	return s
}

// testWhole wants every field of a signal to come back.
func testWhole(t *testing.T, s signals.Store) {
	want := filled(t, "1")
	if err := s.Put(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	_ = s.Consume(t.Context(), func(_ context.Context, batch []*signalv1.RawSignal) error {
		if len(batch) != 1 || !proto.Equal(batch[0], want) {
			t.Errorf("got %v, want %v", batch, want)
		}
		return errDied
	})
}

var errDied = errors.New("died")

// Put stores signals whose ids are numbers.
func Put(t *testing.T, s signals.Store, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		signal := &signalv1.RawSignal{Id: strconv.Itoa(i), Source: "alertmanager", Body: []byte{0, 255, byte(i)}}
		if err := s.Put(t.Context(), signal); err != nil {
			t.Fatal(err)
		}
	}
}

// Collect handles at least n signals, returns the ids of those that it handled,
// and stops cleanly.
func Collect(t *testing.T, s signals.Store, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var ids []string
	_ = s.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
		ids = append(ids, idsOf(batch)...)
		if len(ids) >= n {
			cancel()
		}
		return nil
	})
	if len(ids) < n {
		t.Fatalf("%d signals, want %d", len(ids), n)
	}
	return ids
}

// First returns the ids of the first signals and fails to handle them, in the way
// of a process that dies.
func First(t *testing.T, s signals.Store) []string {
	t.Helper()
	var ids []string
	err := s.Consume(t.Context(), func(_ context.Context, batch []*signalv1.RawSignal) error {
		ids = idsOf(batch)
		return errDied
	})
	if !errors.Is(err, errDied) {
		t.Fatalf("consume ended with %v, want the handler's error", err)
	}
	return ids
}

func idsOf(batch []*signalv1.RawSignal) []string {
	ids := make([]string, len(batch))
	for i, signal := range batch {
		ids[i] = signal.GetId()
	}
	return ids
}

// numbers are those from one to another.
func numbers(from, to int) []string {
	var out []string
	for i := from; i < to; i++ {
		out = append(out, strconv.Itoa(i))
	}
	return out
}

func testOrder(t *testing.T, s signals.Store) {
	const all = 3*signals.MaxBatch + 5
	Put(t, s, 0, all)
	if got := Collect(t, s, all); !slices.Equal(got, numbers(0, all)) {
		t.Fatalf("got %v", got)
	}
}

func testAgain(t *testing.T, s signals.Store) {
	Put(t, s, 0, 3)
	for range 2 {
		if got := First(t, s); got[0] != "0" {
			t.Fatalf("a handler that failed gets %v", got)
		}
	}
	if got := Collect(t, s, 3); !slices.Equal(got, numbers(0, 3)) {
		t.Fatalf("afterwards: %v", got)
	}
}

func testGoesOn(t *testing.T, s signals.Store) {
	Put(t, s, 0, 5)
	Collect(t, s, 5)
	Put(t, s, 5, 8)
	if got := First(t, s); got[0] != "5" {
		t.Fatalf("after five were handled: %v", got)
	}
	if got := Collect(t, s, 3); !slices.Equal(got, numbers(5, 8)) {
		t.Fatalf("after a failure: %v", got)
	}
}

func testOneAtATime(t *testing.T, s signals.Store) {
	const all = 2 * signals.MaxBatch
	Put(t, s, 0, all)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	var ids []string
	working := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			_ = s.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
				mu.Lock()
				if working++; working > 1 {
					t.Errorf("%d batches are handled at once", working)
				}
				ids = append(ids, idsOf(batch)...)
				if len(ids) >= all {
					cancel()
				}
				mu.Unlock()
				runtime.Gosched()
				mu.Lock()
				defer mu.Unlock()
				working--
				return nil
			})
		})
	}
	wg.Wait()
	if !slices.Equal(ids, numbers(0, all)) {
		t.Fatalf("got %v", ids)
	}
}

// testManyAtOnce stores from many sides and expects every signal once and whole.
func testManyAtOnce(t *testing.T, s signals.Store) {
	const sides, each = 40, 10
	var wg sync.WaitGroup
	for side := range sides {
		wg.Go(func() {
			for i := range each {
				id := strconv.Itoa(side*each + i)
				signal := &signalv1.RawSignal{
					Id: id, Source: "door" + strconv.Itoa(side%2), Body: []byte("body " + id), Principal: "p" + id, TraceParent: "t" + id, ReceivedAtUs: 7,
				}
				if err := s.Put(t.Context(), signal); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_ = s.Consume(ctx, func(_ context.Context, batch []*signalv1.RawSignal) error {
		for _, signal := range batch {
			id := signal.GetId()
			if seen[id] || string(signal.GetBody()) != "body "+id || signal.GetPrincipal() != "p"+id || len(signal.GetMore()) > 0 ||
				signal.GetTraceParent() != "t"+id || signal.GetReceivedAtUs() != 7 || !strings.HasPrefix(signal.GetSource(), "door") {
				t.Errorf("got %v", signal)
			}
			seen[id] = true
		}
		if len(seen) == sides*each {
			cancel()
		}
		return nil
	})
	if len(seen) != sides*each {
		t.Errorf("%d signals, want %d", len(seen), sides*each)
	}
}

// testFind looks for signals that were handled and that were not, as evidence.
func testFind(t *testing.T, s signals.Store) {
	var ids []string
	for n := range 2 * signals.MaxBatch {
		id, err := uuid.NewV7()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id.String())
		signal := &signalv1.RawSignal{Id: id.String(), Source: "alertmanager", Body: []byte(strconv.Itoa(n))}
		if err := s.Put(t.Context(), signal); err != nil {
			t.Fatal(err)
		}
		if n == signals.MaxBatch {
			Collect(t, s, signals.MaxBatch)
		}
	}
	for n, id := range ids {
		if got, err := s.Find(t.Context(), id); err != nil || string(got.GetBody()) != strconv.Itoa(n) {
			t.Fatalf("signal %d: %v, %v", n, got, err)
		}
	}
	never, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{never.String(), "0", "", "../x", "00000000-0000-7000-8000-000000000000"} {
		if _, err := s.Find(t.Context(), id); !errors.Is(err, signals.ErrNotFound) {
			t.Errorf("%q: %v, want ErrNotFound", id, err)
		}
	}
}

func testBacklog(t *testing.T, s signals.Store) {
	Put(t, s, 0, 4)
	awaitBacklog(t, s, 4)
	Collect(t, s, 4)
	Put(t, s, 4, 5)
	awaitBacklog(t, s, 1)
}

// awaitBacklog polls, since a server counts a moment after it acknowledged.
func awaitBacklog(t *testing.T, s signals.Store, want uint64) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		b, err := s.Backlog(t.Context())
		if err != nil || b.Share < 0 || b.Share > 1 {
			t.Fatalf("got %+v, %v", b, err)
		}
		if b.Signals == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d signals wait, want %d", b.Signals, want)
		}
		runtime.Gosched()
	}
}
