package dispatch_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/silence"
	"github.com/bridgelog/bridgelog/services/intake/internal/dispatch"
)

// life appends events to the life of an alert.
type life struct {
	t     *testing.T
	log   *memory.Log
	state alert.State
	last  uint64
}

func (l *life) happens(events ...func(string) (chain.Draft, error)) {
	l.t.Helper()
	for _, event := range events {
		d, err := event("e")
		if err != nil {
			l.t.Fatal(err)
		}
		data, _, err := chain.Seal(l.state.Head, "alert.a", []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
		if err != nil {
			l.t.Fatal(err)
		}
		at, err := l.log.Append(l.t.Context(), eventlog.Append{Subject: "alert.a", Expect: l.last, Data: data})
		if err != nil {
			l.t.Fatal(err)
		}
		l.last = at.Sequence
		if l.state, err = alert.Fold(l.state, data); err != nil {
			l.t.Fatal(err)
		}
	}
}

// bell counts how often it was rung, and holds the silences.
type bell struct {
	mu    sync.Mutex
	count int
	err   error
	all   []silence.Silence
}

func (b *bell) silences() []silence.Silence {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all
}

// becomes changes what there is.
func (b *bell) becomes(err error, all ...silence.Silence) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err, b.all = err, all
}

func (b *bell) ring(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count++
	return b.err
}

// after lets time pass and returns how often the bell was rung meanwhile.
func (b *bell) after(d time.Duration) int {
	<-time.After(d) // by the clock of a bubble
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	count := b.count
	b.count = 0
	return count
}

// TestTheKeeperRingsWhenSomethingIsDue and not before; while it stays due less and less
// often, and at each beat where nobody could hear it.
func TestTheKeeperRingsWhenSomethingIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memory.New(memory.Options{})
		a := &life{t: t, log: log}
		fired := alert.Fired{Source: "x", Fingerprint: "f", StartsAt: time.Now(), Labels: map[string]string{"service": "checkout"}}
		a.happens(fired.Draft)
		s := silence.Silence{
			Kind: "silence", Name: "s", ID: "s1", Services: []string{"checkout"}, Begin: time.Now().Add(time.Minute), End: time.Now().Add(time.Hour),
		}
		index, b := dispatch.NewIndex(log), &bell{}
		b.becomes(nil, s)
		keeper := &dispatch.Keeper{
			Index: index, Silences: b.silences, Service: func(s alert.State) string { return s.Fired.Labels["service"] },
			Ring: b.ring, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = index.Run(ctx) })
		running.Go(func() { _ = keeper.Run(ctx) })
		wants := func(what string, d time.Duration, least, most int) {
			t.Helper()
			if got := b.after(d); got < least || got > most {
				t.Errorf("%s: rung %d times, want %d to %d", what, got, least, most)
			}
		}
		wants("before it begins", 59*time.Second, 0, 0)
		wants("it begins", 2*time.Second, 1, 2)
		wants("nobody does it", 10*time.Minute, 15, 30)
		by := alert.Suppressed{Kind: "silence", Name: "s", ID: "s1", Until: s.End, At: time.Now()}
		a.happens(by.Draft)
		wants("it is done", 48*time.Minute, 0, 1)
		wants("it ends", 2*time.Minute, 1, 8)
		a.happens(alert.Unsuppressed{At: time.Now()}.Draft)
		wants("that is done", time.Hour, 0, 1)
		s.Name, s.ID, s.Begin, s.End = "t", "t1", time.Now(), time.Now().Add(time.Hour)
		b.becomes(errors.New("the stream is full"), s)
		wants("nobody can hear it", 10*time.Second, 15, 20)
		b.becomes(nil, s)
		a.happens(alert.Resolved{EndsAt: time.Now()}.Draft)
		wants("the alert ended", time.Hour, 0, 1)
		cancel()
		running.Wait()
	})
}

// TestAKeeperInAStormLooksLessOften: what a look costs decides how soon it looks again while
// the log grows; another silence is looked at at once.
func TestAKeeperInAStormLooksLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := memory.New(memory.Options{})
		a := &life{t: t, log: log}
		a.happens(alert.Fired{Source: "x", Fingerprint: "f", StartsAt: time.Now()}.Draft)
		other := silence.Silence{Kind: "silence", Name: "s", ID: "s1", Services: []string{"other"}, Begin: time.Now(), End: time.Now().Add(time.Hour)}
		index, b := dispatch.NewIndex(log), &bell{}
		b.becomes(nil, other)
		var looks atomic.Int32
		keeper := &dispatch.Keeper{
			Index: index, Silences: b.silences, Ring: b.ring, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
			Service: func(alert.State) string {
				looks.Add(1)
				<-time.After(100 * time.Millisecond) // what thousands of alerts take
				return "checkout"
			},
		}
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = index.Run(ctx) })
		running.Go(func() { _ = keeper.Run(ctx) })
		for range 40 { // 20 seconds in which something happens all the time
			a.happens(alert.Noted{By: "p", At: time.Now(), Text: "n"}.Draft)
			b.after(500 * time.Millisecond)
		}
		if got := looks.Load(); got < 5 || got > 12 {
			t.Errorf("looked %d times in 20 seconds of a storm, want once in two", got)
		}
		before := looks.Load()
		other.ID = "s2"
		b.becomes(nil, other)
		b.after(700 * time.Millisecond)
		if looks.Load() == before {
			t.Error("another silence is not looked at")
		}
		before = looks.Load()
		a.happens(alert.Noted{By: "p", At: time.Now(), Text: "the last"}.Draft)
		b.after(5 * time.Second)
		if looks.Load() == before {
			t.Error("the last event is never looked at")
		}
		cancel()
		running.Wait()
	})
}
