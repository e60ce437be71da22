package relay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/public"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board records what is put up, and fails as told.
type board struct {
	mu   sync.Mutex
	docs []*statusv1.PageDocument
	puts int
	fail func(put int) error // nil: never
}

func (b *board) Put(_ context.Context, doc *statusv1.PageDocument) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.puts++
	if b.fail != nil {
		if err := b.fail(b.puts); err != nil {
			return err
		}
	}
	b.docs = append(b.docs, proto.CloneOf(doc))
	return nil
}

func (b *board) Delete(context.Context, map[string]bool, string, uint64) error { return nil }

// last is the last document, and how often one was put up or tried to.
func (b *board) last() (doc *statusv1.PageDocument, puts int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.docs) == 0 {
		return nil, b.puts
	}
	return b.docs[len(b.docs)-1], b.puts
}

// bench is a log and what the relay makes of it; time is that of the bubble.
type bench struct {
	t     *testing.T
	desk  incidentlogtest.Desk
	board *board
	said  *bytes.Buffer // what the relay logged

	catalog *catalog.Follower // once the relay runs
}

func newBench(t *testing.T) *bench {
	return &bench{t: t, desk: incidentlogtest.Desk{Log: memory.New(memory.Options{})}, board: &board{}, said: &bytes.Buffer{}}
}

// run starts the relay until the test ends.
func (b *bench) run() *prometheus.Registry {
	b.t.Helper()
	registry := prometheus.NewRegistry()
	metrics, err := relay.NewMetrics(registry)
	if err != nil {
		b.t.Fatal(err)
	}
	b.catalog = incidentlogtest.Follow(b.t, b.desk.Log)
	r := &relay.Relay{
		Log: b.desk.Log, Catalog: b.catalog, Publisher: b.board,
		Logger: slog.New(slog.NewTextHandler(b.said, nil)), Metrics: metrics,
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	b.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("run: %v", err)
		}
	})
	return registry
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

// after lets time pass until everything rests, and returns the last document.
func (b *bench) after(d time.Duration) (doc *statusv1.PageDocument, puts int) {
	<-time.After(d) // of the bubble
	synctest.Wait()
	return b.board.last()
}

func TestNothingIsPublishedBeforeTheLogIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for n := range 300 {
			b.declare(n, "text")
		}
		b.run()
		doc, puts := b.after(time.Minute)
		if puts != 1 || doc.GetSourceSequence() != 600 {
			t.Errorf("%d documents, the last of %d", puts, doc.GetSourceSequence())
		}
	})
}

func TestAPageIsAsOldAsTheFirstEventUntilSomethingIsPublished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		first := time.Now()
		b.declare(0, "")
		<-time.After(time.Hour)
		b.declare(1, "")
		b.run()
		if doc, _ := b.after(time.Second); doc.GetUpdatedAtUs() != first.UnixMicro() {
			t.Errorf("updated at %v, want %v", time.UnixMicro(doc.GetUpdatedAtUs()), first)
		}
	})
}

func TestABurstIsFewDocumentsAndOneUpdateIsThereAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run()
		_, before := b.after(time.Minute)
		b.declare(0, "text")
		if doc, puts := b.after(10 * time.Millisecond); puts != before+1 || len(doc.GetIncidents()) != 1 {
			t.Errorf("the first update of a quiet hour: %d documents", puts-before)
		}
		_, before = b.after(time.Minute)
		const seconds, each = 4, 25
		for n := range seconds * each {
			b.declare(n+1, "text")
			<-time.After(time.Second / each)
		}
		doc, puts := b.after(300 * time.Millisecond)
		if puts-before > 4*seconds+2 || puts-before < seconds {
			t.Errorf("%d documents in %d seconds", puts-before, seconds)
		}
		if name := doc.GetIncidents()[0].GetName(); name != fmt.Sprintf("Title %d", seconds*each) {
			t.Errorf("the newest is %q", name)
		}
	})
}

func TestADocumentThatCannotBeStoredDoesNotStopTheRelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.board.fail = func(put int) error {
			if put == 1 {
				return fmt.Errorf("publish page: %w", public.ErrTooLarge)
			}
			return nil
		}
		b.declare(0, "text")
		b.run()
		if doc, puts := b.after(time.Hour); doc != nil || puts != 1 {
			t.Errorf("it was tried %d times in an hour", puts)
		}
		if !bytes.Contains(b.said.Bytes(), []byte("a page cannot be published")) {
			t.Errorf("it said only %q", b.said)
		}
		b.desk.Must(t, id(0), update("u2", "smaller"))
		if doc, _ := b.after(time.Second); len(doc.GetIncidents()) != 1 {
			t.Errorf("got %v", doc)
		}
	})
}

func TestAPublicationThatFailedIsTriedAgainInPeace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.board.fail = func(put int) error {
			if put <= 5 {
				return errors.New("away")
			}
			return nil
		}
		b.declare(0, "text")
		b.run()
		if _, puts := b.after(2 * time.Second); puts > 5 {
			t.Errorf("%d attempts in 2 s", puts)
		}
		if doc, puts := b.after(time.Minute); puts != 6 || len(doc.GetIncidents()) != 1 {
			t.Errorf("%d attempts", puts)
		}
	})
}

func TestAnIncidentOfLongAgoIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for n := range 4200 {
			b.declare(n, "")
		}
		b.run()
		b.after(time.Second)
		b.desk.Must(t, id(0), update("u1", "At last."))
		doc, _ := b.after(time.Second)
		if len(doc.GetIncidents()) != 1 || doc.GetIncidents()[0].GetName() != "Title 0" {
			t.Errorf("got %v", doc.GetIncidents())
		}
	})
}

func TestManyOpenIncidentsAreCountedAndWarnedOfOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for n := range 150 {
			b.declare(n, "text")
		}
		registry := b.run()
		b.after(time.Second)
		b.declare(150, "text")
		b.after(time.Second)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		hidden := -1.0
		for _, f := range families {
			if f.GetName() == "bridgelog_statuspage_hidden_incidents" {
				hidden = f.GetMetric()[0].GetGauge().GetValue()
			}
		}
		if hidden != 51 {
			t.Errorf("%v hidden", hidden)
		}
		if n := bytes.Count(b.said.Bytes(), []byte("no room for everything")); n != 1 {
			t.Errorf("warned %d times", n)
		}
	})
}

func TestThousandsOfComponentsStayBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.run()
		var yaml strings.Builder
		yaml.WriteString("kind: Component\nname: group\nspec: {display_name: Group, group: true, position: 1}\n")
		for n := range 2500 {
			fmt.Fprintf(&yaml, "---\nkind: Component\nname: part-%d\nspec: {display_name: Part %d %s, description: %s, group_name: group}\n",
				n, n, strings.Repeat("x", 60), strings.Repeat("words ", 50))
		}
		incidentlogtest.Apply(t, b.desk.Log, b.catalog, incidentlogtest.YAML(t, yaml.String())...)
		for n := range 100 {
			b.declare(n, strings.Repeat("text ", 4000))
		}
		doc, _ := b.after(time.Second)
		known := map[string]bool{}
		for _, c := range doc.GetComponents() {
			known[c.GetId()] = true
		}
		if size := proto.Size(doc); size > document.MaxDocumentBytes || len(known) < 500 || len(doc.GetIncidents()) < 8 {
			t.Errorf("%d bytes, %d components, %d incidents", size, len(known), len(doc.GetIncidents()))
		}
		for _, child := range doc.GetComponents()[0].GetChildren() {
			if !known[child] {
				t.Fatalf("the group has a child %s that is not there", child)
			}
		}
		if !bytes.Contains(b.said.Bytes(), []byte("no room for everything")) {
			t.Errorf("it said only %q", b.said)
		}
	})
}

func TestABusyPageDoesNotEmptyAQuietOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		quiet := update("u1", "quiet")
		quiet.Pages = []string{"quiet"}
		b.desk.Must(t, "q", incident.Declare{Number: 5000, Title: "Quiet", Severity: incident.SEV1}, quiet)
		for n := range 3000 {
			u := update("u1", "busy")
			u.Pages, u.Status = []string{"busy"}, []incident.Status{incident.StatusInvestigating, incident.StatusResolved}[n%2]
			b.desk.Must(t, id(n), incident.Declare{Number: uint64(n + 1), Title: fmt.Sprintf("Title %d", n), Severity: incident.SEV1}, u)
		}
		b.run()
		incidentlogtest.Apply(t, b.desk.Log, b.catalog, incidentlogtest.YAML(t,
			"kind: StatusPage\nname: busy\nspec: {title: Busy}\n---\nkind: StatusPage\nname: quiet\nspec: {title: Quiet}\n")...)
		doc, _ := b.after(time.Second) // the last by name
		if doc.GetName() != "quiet" || len(doc.GetIncidents()) != 1 || doc.GetIncidents()[0].GetName() != "Quiet" {
			t.Errorf("page %s shows %d incidents", doc.GetName(), len(doc.GetIncidents()))
		}
	})
}
