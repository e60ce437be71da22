package public_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	logstream "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long something that must happen may take.
const patience = 10 * time.Second

// stream is PUBLIC on an embedded server.
type stream struct {
	t      *testing.T
	server *natstest.Server
}

func newStream(t *testing.T) *stream {
	t.Helper()
	s := &stream{t, natstest.Start(t)}
	s.server.Bootstrap(logstream.Config{})
	return s
}

func (s *stream) as(user natsserver.User, options ...nats.Option) jetstream.JetStream {
	s.t.Helper()
	js, err := jetstream.New(s.server.Conn(user, options...))
	if err != nil {
		s.t.Fatal(err)
	}
	return js
}

func (s *stream) writer() *public.Writer {
	s.t.Helper()
	w, err := public.NewWriter(s.t.Context(), s.as(natsserver.UserPublisher))
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// watch runs a watcher with the rights of the page; documents and the one signal
// that all are there come in order.
func (s *stream) watch() (docs <-chan *statusv1.PageDocument, caughtUp <-chan struct{}) {
	s.t.Helper()
	js := s.as(natsserver.UserStatusPage)
	got, all := make(chan *statusv1.PageDocument, 1000), make(chan struct{}, 10)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- public.Watch(ctx, js, func(d *statusv1.PageDocument) { got <- d }, func() { all <- struct{}{} })
	}()
	s.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("watch: %v", err)
		}
	})
	return got, all
}

func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("nothing comes")
		panic("unreachable")
	}
}

func doc(name, title, epoch string, sequence uint64) *statusv1.PageDocument {
	return &statusv1.PageDocument{Id: "id" + name, Name: name, Title: title, SourceEpoch: epoch, SourceSequence: sequence}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnOldRelayCannotTurnAPageBack(t *testing.T) {
	s := newStream(t)
	w, ctx := s.writer(), t.Context()
	docs, _ := s.watch()
	must(t, w.Put(ctx, doc("a", "new", "e1", 10)))
	next(t, docs)
	if err := s.writer().Put(ctx, doc("a", "old", "e1", 9)); !errors.Is(err, public.ErrOvertaken) {
		t.Errorf("error %v, want ErrOvertaken", err)
	}
	must(t, w.Put(ctx, doc("b", "other page", "e1", 1)))
	if got := next(t, docs).GetTitle(); got != "other page" {
		t.Errorf("got %q", got)
	}
	must(t, w.Put(ctx, doc("a", "newer", "e1", 10)))
	if got := next(t, docs).GetTitle(); got != "newer" {
		t.Errorf("got %q", got)
	}
}

func TestADocumentOfAnotherLogIsReplaced(t *testing.T) {
	s := newStream(t)
	w, ctx := s.writer(), t.Context()
	docs, _ := s.watch()
	must(t, w.Put(ctx, doc("a", "before the restore", "e1", 1000)))
	next(t, docs)
	must(t, w.Put(ctx, doc("a", "after the restore", "e2", 5)))
	if got := next(t, docs); got.GetTitle() != "after the restore" || got.GetSourceSequence() != 5 {
		t.Errorf("got %v", got)
	}
}

func TestTheSameDocumentIsNotPublishedAgain(t *testing.T) {
	s := newStream(t)
	w, ctx := s.writer(), t.Context()
	docs, _ := s.watch()
	must(t, w.Put(ctx, doc("a", "same", "e1", 1)))
	next(t, docs)
	must(t, w.Put(ctx, doc("a", "same", "e1", 2)))
	must(t, w.Put(ctx, doc("b", "changed", "e1", 3)))
	if got := next(t, docs); got.GetName() != "b" {
		t.Errorf("got %v", got)
	}
}

func TestRacingRelaysNeverTurnAPageBack(t *testing.T) {
	s := newStream(t)
	docs, _ := s.watch()
	const relays, rounds = 4, 25
	var running sync.WaitGroup
	for n := range uint64(relays) {
		w := s.writer()
		running.Go(func() {
			for round := range uint64(rounds) {
				sequence := round*relays + n + 1
				err := w.Put(context.Background(), doc("a", strings.Repeat("x", int(sequence)), "e1", sequence))
				if err != nil && !errors.Is(err, public.ErrOvertaken) {
					t.Errorf("put %d: %v", sequence, err)
				}
			}
		})
	}
	running.Wait()
	for before := uint64(0); before < relays*rounds; {
		got := next(t, docs)
		if got.GetSourceSequence() <= before || len(got.GetTitle()) != int(got.GetSourceSequence()) {
			t.Fatalf("%d came after %d", got.GetSourceSequence(), before)
		}
		before = got.GetSourceSequence()
	}
}

func TestADeletedPageIsGone(t *testing.T) {
	s := newStream(t)
	w, ctx := s.writer(), t.Context()
	for _, name := range []string{"a", "b"} {
		must(t, w.Put(ctx, doc(name, "title", "e1", 1)))
	}
	must(t, w.Delete(ctx, map[string]bool{"a": true}, "e1", 2))
	docs, _ := s.watch()
	gone := map[string]bool{}
	for range 2 {
		d := next(t, docs)
		gone[d.GetName()] = public.Gone(d)
	}
	if gone["a"] || !gone["b"] {
		t.Errorf("gone: %v", gone)
	}
	must(t, w.Put(ctx, doc("b", "back", "e1", 3)))
	if d := next(t, docs); public.Gone(d) || d.GetTitle() != "back" {
		t.Errorf("got %v", d)
	}
}

func TestAWatcherGetsTheLastOfEachPageAndThenSaysSo(t *testing.T) {
	s := newStream(t)
	_, empty := s.watch()
	next(t, empty) // nothing there counts as all
	w, ctx := s.writer(), t.Context()
	for n := range uint64(5) {
		must(t, w.Put(ctx, doc("a", strings.Repeat("x", int(n)+1), "e1", n+1)))
	}
	must(t, w.Put(ctx, doc("b", "b", "e1", 6)))
	docs, all := s.watch()
	next(t, all)
	if a, b := next(t, docs), next(t, docs); a.GetTitle() != "xxxxx" || b.GetTitle() != "b" {
		t.Errorf("got %v and %v", a, b)
	}
	must(t, w.Put(ctx, doc("b", "later", "e1", 7)))
	if d := next(t, docs); d.GetTitle() != "later" {
		t.Errorf("got %v", d)
	}
	if len(all) > 0 {
		t.Error("it was said twice")
	}
}

func TestWhatIsTooLargeIsToldApart(t *testing.T) {
	s := newStream(t)
	w, ctx := s.writer(), t.Context()
	for _, size := range []int{1 << 20, 1<<20 - 100, 5 << 20} {
		if err := w.Put(ctx, doc("a", strings.Repeat("x", size), "e1", 1)); !errors.Is(err, public.ErrTooLarge) {
			t.Errorf("%d bytes: error %v, want ErrTooLarge", size, err)
		}
	}
	must(t, w.Put(ctx, doc("a", strings.Repeat("x", 1<<19), "e1", 1)))
}

// refused records what the server refuses to a connection.
type refused chan string

func (r refused) handle(_ *nats.Conn, _ *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrPermissionViolation) {
		r <- err.Error()
	}
}

func TestThePageCannotReadTheLogNorWrite(t *testing.T) {
	s := newStream(t)
	refusals := make(refused, 10)
	js := s.as(natsserver.UserStatusPage, nats.ErrorHandler(refusals.handle))
	for _, subject := range []string{
		"$JS.API.STREAM.INFO.LOG", "$JS.API.STREAM.MSG.GET.LOG", "$JS.API.DIRECT.GET.LOG", "$JS.API.DIRECT.GET.LOG.incident.a",
		"$JS.API.CONSUMER.CREATE.LOG", "$JS.API.CONSUMER.CREATE.LOG.x.incident.a", "$JS.API.STREAM.MSG.GET.SIGNALS",
		"incident.a", "public.page.a", "$JS.API.STREAM.MSG.DELETE.PUBLIC", "$JS.API.STREAM.UPDATE.PUBLIC",
	} {
		must(t, js.Conn().Publish(subject, nil))
		if text := next(t, refusals); !strings.Contains(text, subject) {
			t.Errorf("%s: refused is %s", subject, text)
		}
	}
	for _, subject := range []string{"incident.*", ">", "_INBOX.command.>"} {
		subscription, err := js.Conn().SubscribeSync(subject)
		must(t, err)
		if text := next(t, refusals); !strings.Contains(text, subject) {
			t.Errorf("%s: refused is %s", subject, text)
		}
		_ = subscription.Unsubscribe()
	}
	if _, err := js.Stream(t.Context(), "PUBLIC"); err != nil {
		t.Errorf("it cannot read what is public: %v", err)
	}
}
