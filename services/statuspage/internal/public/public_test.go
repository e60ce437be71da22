package public_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"

	logs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
)

func TestMain(m *testing.M) {
	code := natstest.Main(m) // A node of a cluster, or the tests.
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// stream is a server with the stream of documents.
type stream struct {
	t      *testing.T
	server *natstest.Server
}

func newStream(t *testing.T) stream {
	s := stream{t, natstest.Start(t)}
	s.server.Bootstrap(logs.Config{})
	return s
}

func (s stream) as(user natsserver.User, options ...nats.Option) jetstream.JetStream {
	s.t.Helper()
	js, err := jetstream.New(s.server.Conn(user, options...))
	if err != nil {
		s.t.Fatal(err)
	}
	return js
}

func (s stream) claim(relay string) (*public.Writer, *statusv1.RelayMark) {
	s.t.Helper()
	w, mark, err := public.Stream{JetStream: s.as(natsserver.UserPublisher)}.Claim(s.t.Context(), relay)
	if err != nil {
		s.t.Fatal(err)
	}
	return w, mark
}

func put(t *testing.T, w *public.Writer, subject string, doc proto.Message, want bool) {
	t.Helper()
	if changed, err := w.Put(t.Context(), subject, doc); err != nil || changed != want {
		t.Fatalf("put %s: changed %v, %v", subject, changed, err)
	}
}

func said(id, text string) *statusv1.IncidentDocument {
	return &statusv1.IncidentDocument{Id: id, Title: "Title", Updates: []*statusv1.PublishedUpdate{{Id: "u", Body: text}}}
}

// stored are the versions of documents in the stream, oldest first.
func (s stream) stored(subject string) (texts []string) {
	s.t.Helper()
	js, err := s.as(natsserver.UserPublisher).Stream(s.t.Context(), "PUBLIC")
	if err != nil {
		s.t.Fatal(err)
	}
	for sequence := uint64(1); sequence <= js.CachedInfo().State.LastSeq; sequence++ {
		m, err := js.GetMsg(s.t.Context(), sequence)
		if err != nil || m.Subject != subject {
			continue
		}
		doc := &statusv1.IncidentDocument{}
		if err := proto.Unmarshal(m.Data, doc); err != nil {
			s.t.Fatal(err)
		}
		text := ""
		if len(doc.GetUpdates()) > 0 {
			text = doc.GetUpdates()[0].GetBody()
		}
		texts = append(texts, text)
	}
	return texts
}

// onDisk tells whether the store's files hold some bytes.
func (s stream) onDisk(text string) (found bool) {
	_ = filepath.WalkDir(s.server.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if data, err := os.ReadFile(path); err == nil && strings.Contains(string(data), text) {
				found = true
			}
		}
		return nil
	})
	return found
}

func TestWhatIsReplacedIsErased(t *testing.T) {
	s := newStream(t)
	w, _ := s.claim("one")
	subject := public.SubjectOf("abcdefghijkl")
	for _, text := range []string{"the password is hunter2-4711", "the password is hunter2-4711 indeed", "nothing to see"} {
		put(t, w, subject, said("abcdefghijkl", text), true)
	}
	put(t, w, subject, said("abcdefghijkl", "nothing to see"), false)
	if got := s.stored(subject); len(got) != 1 || got[0] != "nothing to see" {
		t.Errorf("stored %q", got)
	}
	if s.onDisk("hunter2-4711") {
		t.Error("the bytes are still in the store")
	}
	put(t, w, subject, &statusv1.IncidentDocument{}, true)
	put(t, w, subject, &statusv1.IncidentDocument{}, false)
	if got := s.stored(subject); len(got) != 1 || got[0] != "" {
		t.Errorf("stored %q", got)
	}
}

func TestWhatADeadRelayLeftIsErasedByTheNext(t *testing.T) {
	s := newStream(t)
	w, _ := s.claim("one")
	subject := public.SubjectOf("abcdefghijkl")
	put(t, w, subject, said("abcdefghijkl", "secret-4711"), true)
	disarm, err := failpoint.Arm("relay.before_erase", failpoint.Fail)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Put(t.Context(), subject, said("abcdefghijkl", "clean"))
	disarm()
	if !errors.Is(err, failpoint.ErrInjected) || len(s.stored(subject)) != 2 {
		t.Fatalf("put: %v, stored %q", err, s.stored(subject))
	}
	next, _ := s.claim("two")
	if got := s.stored(subject); len(got) != 1 || got[0] != "clean" || s.onDisk("secret-4711") {
		t.Errorf("stored %q", got)
	}
	put(t, next, subject, said("abcdefghijkl", "clean"), false)
}

func TestAnOvertakenRelayCanChangeNothing(t *testing.T) {
	s := newStream(t)
	first, _ := s.claim("first")
	subject := public.SubjectOf("abcdefghijkl")
	put(t, first, subject, said("abcdefghijkl", "old"), true)
	if err := first.Mark(t.Context(), &statusv1.RelayMark{Position: "here", Complete: true}); err != nil {
		t.Fatal(err)
	}
	second, mark := s.claim("second")
	if mark.GetPosition() != "here" || mark.GetRelay() != "first" || !mark.GetComplete() {
		t.Errorf("mark %v", mark)
	}
	put(t, second, subject, said("abcdefghijkl", "new"), true)
	if _, err := first.Put(t.Context(), subject, said("abcdefghijkl", "older")); !errors.Is(err, public.ErrOvertaken) {
		t.Errorf("put: %v", err)
	}
	if err := first.Mark(t.Context(), &statusv1.RelayMark{}); !errors.Is(err, public.ErrOvertaken) {
		t.Errorf("mark: %v", err)
	}
	if got := s.stored(subject); len(got) != 1 || got[0] != "new" {
		t.Errorf("stored %q", got)
	}
}

// TestOnThreeServers goes through a relay's life on a replicated stream.
func TestOnThreeServers(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	cluster.Log(logs.Config{}, logs.Options{})
	open := func() public.Stream {
		js, err := jetstream.New(cluster.Conn(natsserver.UserPublisher))
		if err != nil {
			t.Fatal(err)
		}
		return public.Stream{JetStream: js}
	}
	first, _, err := open().Claim(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	subject := public.SubjectOf("aaaaaaaaaaaa")
	for n := range 50 {
		put(t, first, subject, said("aaaaaaaaaaaa", fmt.Sprint("text ", n)), true)
		if err := first.Mark(t.Context(), &statusv1.RelayMark{Position: fmt.Sprint(n), Complete: true}); err != nil {
			t.Fatal(err)
		}
	}
	second, mark, err := open().Claim(t.Context(), "second")
	if err != nil || mark.GetPosition() != "49" {
		t.Fatalf("claim: %v, mark %v", err, mark)
	}
	put(t, second, subject, said("aaaaaaaaaaaa", "text 49"), false)
	put(t, second, subject, said("aaaaaaaaaaaa", "last"), true)
	if _, err := first.Put(t.Context(), subject, said("aaaaaaaaaaaa", "too late")); !errors.Is(err, public.ErrOvertaken) {
		t.Errorf("an overtaken relay: %v", err)
	}
	stream, err := open().JetStream.Stream(t.Context(), "PUBLIC")
	if err != nil {
		t.Fatal(err)
	}
	info, err := stream.Info(t.Context(), jetstream.WithSubjectFilter(subject))
	if err != nil || info.State.Subjects[subject] != 1 {
		t.Errorf("%d versions are stored, %v", info.State.Subjects[subject], err)
	}
}

func TestWhatIsNotKeptIsRetired(t *testing.T) {
	s := newStream(t)
	w, _ := s.claim("one")
	for _, id := range []string{"aaaaaaaaaaaa", "bbbbbbbbbbbb"} {
		put(t, w, public.SubjectOf(id), said(id, "text"), true)
	}
	keep := func(subject string) bool { return subject == public.SubjectOf("aaaaaaaaaaaa") }
	for _, want := range []int{1, 0} {
		if retired, err := w.Retire(t.Context(), keep); err != nil || retired != want {
			t.Fatalf("retired %d, %v", retired, err)
		}
	}
	if n := w.Documents(); n != 1 {
		t.Errorf("%d documents", n)
	}
}

func TestRefusedDocuments(t *testing.T) {
	s := newStream(t)
	w, _ := s.claim("one")
	if _, err := w.Put(t.Context(), public.SubjectOf("aaaaaaaaaaaa"), said("aaaaaaaaaaaa", strings.Repeat("x", 1<<20))); !errors.Is(err, public.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if err := logs.BootstrapPublic(t.Context(), s.server.Conn(natsserver.UserPublisher), logs.Config{PublicBytes: 8 << 10}); err != nil {
		t.Fatal(err)
	}
	subject := public.SubjectOf("bbbbbbbbbbbb")
	put(t, w, subject, said("bbbbbbbbbbbb", "secret-4711 "+strings.Repeat("x", 4<<10)), true)
	if _, err := w.Put(t.Context(), subject, said("bbbbbbbbbbbb", strings.Repeat("y", 5<<10))); !errors.Is(err, public.ErrFull) {
		t.Errorf("full: %v", err)
	}
	if s.onDisk("secret-4711") {
		t.Error("what was taken back stays because there is no room for what is left")
	}
}

func TestWithoutRoomOnTheDiskNothingIsStored(t *testing.T) {
	s := newStream(t)
	_, _, err := public.Stream{JetStream: s.as(natsserver.UserPublisher), HasRoom: func() bool { return false }}.Claim(t.Context(), "one")
	if !errors.Is(err, public.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
}

// told collects what a watcher is told.
type told struct {
	mu       sync.Mutex
	texts    map[string]string
	marks    int
	caughtUp int
	news     chan struct{}
}

func newTold() *told { return &told{texts: map[string]string{}, news: make(chan struct{}, 1)} }

func (w *told) say(change func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	change()
	select {
	case w.news <- struct{}{}:
	default:
	}
}

func (w *told) Page(name string, doc *statusv1.PageDocument) {
	w.say(func() { w.texts["page "+name] = doc.GetTitle() })
}

func (w *told) Incident(id string, doc *statusv1.IncidentDocument) {
	w.say(func() {
		w.texts[id] = "gone"
		if doc != nil {
			w.texts[id] = doc.GetUpdates()[0].GetBody()
		}
	})
}

func (w *told) Mark(*statusv1.RelayMark, time.Time) { w.say(func() { w.marks++ }) }
func (w *told) CaughtUp()                           { w.say(func() { w.caughtUp++ }) }

// until waits for what was told to be as wanted.
func (w *told) until(t *testing.T, ok func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		w.mu.Lock()
		done := ok()
		w.mu.Unlock()
		if done {
			return
		}
		select {
		case <-w.news:
		case <-deadline:
			t.Fatalf("told %v, %d marks, caught up %d", w.texts, w.marks, w.caughtUp)
		}
	}
}

func TestAWatcherIsToldTheLastOfEverythingAndThenNews(t *testing.T) {
	s := newStream(t)
	w, _ := s.claim("one")
	put(t, w, public.SubjectOf("aaaaaaaaaaaa"), said("aaaaaaaaaaaa", "first"), true)
	put(t, w, public.SubjectOf("aaaaaaaaaaaa"), said("aaaaaaaaaaaa", "second"), true)
	put(t, w, public.SubjectOfPage("main"), &statusv1.PageDocument{Id: "p", Name: "main", Title: "Main"}, true)
	got := newTold()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- public.Watch(ctx, s.as(natsserver.UserStatusPage), got, time.Minute) }()
	got.until(t, func() bool {
		return got.caughtUp == 1 && got.texts["aaaaaaaaaaaa"] == "second" && got.texts["page main"] == "Main" && got.marks == 1
	})
	put(t, w, public.SubjectOf("aaaaaaaaaaaa"), &statusv1.IncidentDocument{}, true)
	if err := w.Mark(t.Context(), &statusv1.RelayMark{}); err != nil {
		t.Fatal(err)
	}
	got.until(t, func() bool { return got.texts["aaaaaaaaaaaa"] == "gone" && got.marks == 2 })
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestASilentStreamIsSaid(t *testing.T) {
	s := newStream(t)
	s.claim("one")
	if err := public.Watch(t.Context(), s.as(natsserver.UserStatusPage), newTold(), 50*time.Millisecond); err == nil {
		t.Error("silence was not said")
	}
}

func TestTheReadersRightsEndAtTheStream(t *testing.T) {
	s := newStream(t)
	w, _ := s.claim("one")
	put(t, w, public.SubjectOf("aaaaaaaaaaaa"), said("aaaaaaaaaaaa", "text"), true)
	ignore := nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})
	nc := s.server.Conn(natsserver.UserStatusPage, ignore)
	allowed, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := allowed.Stream(t.Context(), "PUBLIC"); err != nil {
		t.Fatalf("the stream itself: %v", err)
	}
	// What is not allowed gets no answer, which is not waited for.
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	in, err := js.Stream(t.Context(), "PUBLIC")
	for deadline := time.Now().Add(time.Minute); err != nil && time.Now().Before(deadline); {
		in, err = js.Stream(t.Context(), "PUBLIC")
	}
	if err != nil {
		t.Fatalf("the stream itself, in a hurry: %v", err)
	}
	attempts := map[string]func() error{
		"read LOG":     func() error { _, err := js.Stream(t.Context(), "LOG"); return err },
		"read SIGNALS": func() error { _, err := js.Stream(t.Context(), "SIGNALS"); return err },
		"write": func() error {
			_, err := js.Publish(t.Context(), public.SubjectOf("aaaaaaaaaaaa"), nil, jetstream.WithRetryAttempts(0))
			return err
		},
		"erase": func() error { return in.SecureDeleteMsg(t.Context(), 2) },
		"purge": func() error { return in.Purge(t.Context()) },
		"drop":  func() error { return js.DeleteStream(t.Context(), "PUBLIC") },
	}
	for name, attempt := range attempts {
		if attempt() == nil {
			t.Errorf("%s: it was allowed", name)
		}
	}
	// Not even a subject of the log can be heard: it is of another account.
	heard, err := nc.SubscribeSync("incident.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.server.Conn(natsserver.UserCommand).Publish("incident.x", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if m, err := heard.NextMsg(200 * time.Millisecond); err == nil {
		t.Errorf("heard %s", m.Subject)
	}
}
