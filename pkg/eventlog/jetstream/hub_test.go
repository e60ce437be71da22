package jetstream_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// sequences are what a follower was given.
type sequences struct {
	got  chan uint64
	stop context.CancelFunc
	done chan struct{}
	err  error // that the tail ended with, once done is closed
}

// follow tails a filter in the background, after a sequence; take is called with each
// message before it counts.
func follow(t *testing.T, log eventlog.Log, filter string, take func(eventlog.Message)) *sequences {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &sequences{got: make(chan uint64, 10_000), done: make(chan struct{}), stop: cancel}
	fn := func(m eventlog.Message) error {
		take(m)
		s.got <- m.Sequence
		return nil
	}
	go func() {
		defer close(s.done)
		if filter == eventlog.FilterAll {
			s.err = log.Tail(ctx, eventlog.Position{}, fn)
			return
		}
		s.err = log.TailSubjects(ctx, filter, 0, fn)
	}()
	t.Cleanup(func() { s.end(t) })
	return s
}

func (s *sequences) end(t *testing.T) {
	t.Helper()
	s.stop()
	<-s.done
	if !errors.Is(s.err, context.Canceled) {
		t.Errorf("the tail ended: %v", s.err)
	}
}

// until waits for a sequence and fails when anything before it comes out of order.
func (s *sequences) until(t *testing.T, last uint64) {
	t.Helper()
	for at := uint64(0); at != last; {
		select {
		case got := <-s.got:
			if got <= at {
				t.Fatalf("%d came after %d", got, at)
			}
			at = got
		case <-s.done:
			t.Fatalf("the tail ended: %v", s.err)
		}
	}
}

// consumersOf counts the consumers that the server has for the log.
func consumersOf(t *testing.T, server *natstest.Server) int {
	t.Helper()
	js, err := natsjs.New(server.Conn(natsserver.UserCommand))
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), jetstream.StreamLog)
	if err != nil {
		t.Fatal(err)
	}
	return stream.CachedInfo().State.Consumers
}

func TestFollowersShareAConsumer(t *testing.T) {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "stored")
	nothing := func(eventlog.Message) {}
	// Who came before the first that follows everything is alone until it hears something.
	early := follow(t, log, eventlog.FilterIncidents, nothing)
	early.until(t, 1)
	first := follow(t, log, eventlog.FilterAll, nothing)
	first.until(t, 1)
	others := []*sequences{early}
	for _, filter := range []string{eventlog.FilterAll, eventlog.FilterIncidents, eventlog.FilterAll} {
		f := follow(t, log, filter, nothing)
		f.until(t, 1)
		others = append(others, f)
	}
	a.Append(log, "live")
	last := a.Append(log, "live").Sequence
	for _, f := range others {
		f.until(t, last)
	}
	if n := consumersOf(t, server); n != 1 {
		t.Errorf("%d consumers for five followers, want one", n)
	}
	first.end(t)
	last = a.Append(log, "without the first").Sequence
	for _, f := range others {
		f.until(t, last)
		f.end(t)
	}
	if n := consumersOf(t, server); n != 0 {
		t.Errorf("%d consumers when nobody follows, want none", n)
	}
}

func TestWhoFollowsAFewSubjectsGoesOnWhenNobodyFollowsAll(t *testing.T) {
	log := natstest.Start(t).Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "stored")
	nothing := func(eventlog.Message) {}
	all := follow(t, log, eventlog.FilterAll, nothing)
	all.until(t, 1)
	few := follow(t, log, eventlog.FilterIncidents, nothing)
	few.until(t, a.Append(log, "with both").Sequence)
	all.end(t)
	few.until(t, a.Append(log, "with one").Sequence)
}

func TestASlowFollowerHoldsNobodyUpAndLosesNothing(t *testing.T) {
	log := natstest.Start(t).Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	a.Append(log, "stored")
	release := make(chan struct{})
	slow := follow(t, log, eventlog.FilterAll, func(m eventlog.Message) {
		if m.Sequence == 2 {
			<-release
		}
	})
	slow.until(t, 1)
	quick := follow(t, log, eventlog.FilterAll, func(eventlog.Message) {})
	quick.until(t, 1)
	var last uint64
	for range 3 { // more than is kept for one who does not take it
		batch := make([]eventlog.Append, 900)
		for i := range batch {
			batch[i] = eventlogtest.NewAggregate(t, fmt.Sprintf("incident.%d-%d", last, i)).Seal("live")
		}
		positions, err := log.AppendBatch(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		last = positions[len(positions)-1].Sequence
	}
	quick.until(t, last)
	close(release)
	for want := uint64(2); want <= last; want++ {
		if got := <-slow.got; got != want {
			t.Fatalf("%d came, want %d", got, want)
		}
	}
}

// Followers come and go while others write: each is given every message that matches,
// once and in order, whether a consumer of its own or the shared one had it.
func TestFollowersComeAndGo(t *testing.T) {
	log := natstest.Start(t).Log(jetstream.Config{}, jetstream.Options{})
	const messages = 400
	var aggregates []*eventlogtest.Aggregate
	for i := range 12 {
		kind := []string{"incident.%d", "alert.%d", "catalog.person.%d"}[i%3]
		aggregates = append(aggregates, eventlogtest.NewAggregate(t, fmt.Sprintf(kind, i)))
	}
	written := make([]chan struct{}, messages)
	for i := range written {
		written[i] = make(chan struct{})
	}
	var group sync.WaitGroup
	random := rand.New(rand.NewPCG(7, 11))
	for _, filter := range []string{eventlog.FilterAll, eventlog.FilterIncidents, eventlog.FilterAlerts, eventlog.FilterCatalog} {
		for range 4 {
			begins, stays := random.IntN(messages-100), 1+random.IntN(60)
			group.Go(func() {
				<-written[begins]
				for after, rounds := uint64(0), 0; rounds < 5; rounds++ {
					after = visit(t, log, filter, after, stays)
				}
			})
		}
	}
	for i := range messages {
		aggregates[random.IntN(len(aggregates))].Append(log, "content")
		close(written[i])
	}
	group.Wait()
}

// visit follows a filter after a sequence until so many messages came, or all there are,
// checks them and returns the last.
func visit(t *testing.T, log eventlog.Log, filter string, after uint64, most int) uint64 {
	end, err := log.LastSequence(t.Context(), filter)
	if err != nil {
		t.Error(err)
		return after
	}
	if end <= after {
		return after
	}
	var got []uint64
	take := func(m eventlog.Message) error {
		got = append(got, m.Sequence)
		if len(got) == most || m.Sequence >= end {
			return errEnough
		}
		return nil
	}
	if filter == eventlog.FilterAll {
		from := eventlog.Position{}
		if after > 0 {
			m, err := log.At(t.Context(), after)
			if err == nil {
				from, err = m.Position()
			}
			if err != nil {
				t.Error(err)
				return after
			}
		}
		err = log.Tail(t.Context(), from, take)
	} else {
		err = log.TailSubjects(t.Context(), filter, after, take)
	}
	if !errors.Is(err, errEnough) {
		t.Errorf("%s after %d: %v", filter, after, err)
		return after
	}
	last := got[len(got)-1]
	var want []uint64
	err = log.Read(t.Context(), eventlog.Position{}, last, func(m eventlog.Message) error {
		if m.Sequence > after && eventlog.Match(filter, m.Subject) {
			want = append(want, m.Sequence)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s after %d: got %v, want %v (%v)", filter, after, got, want, err)
	}
	return last
}
