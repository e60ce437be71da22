package timeline_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// tells writes one report of a change and returns the change's id.
func (w *world) tells(r change.Report) string {
	w.t.Helper()
	if r.Source == "" {
		r.Source = "github"
	}
	if r.At().IsZero() {
		r.StartedAt = noon()
	}
	id := change.ID(r.Source, r.Key)
	d, err := r.Draft("event-" + id)
	if err != nil {
		w.t.Fatal(err)
	}
	data, last := w.sealChange(id, d)
	if _, err := w.log.Append(w.t.Context(), eventlog.Append{Subject: change.Subject(id), Expect: last, Data: data}); err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) sealChange(id string, d chain.Draft) ([]byte, uint64) {
	w.t.Helper()
	var state change.State
	var last uint64
	messages, _ := w.log.Load(w.t.Context(), change.Subject(id), 0)
	for _, m := range messages {
		var err error
		if state, err = change.Fold(state, m.Data); err != nil {
			w.t.Fatal(err)
		}
		last = m.Sequence
	}
	data, _, err := chain.Seal(state.Head, change.Subject(id), []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	return data, last
}

func (n *node) changeView() signalv1.ChangeViewServiceClient {
	return signalv1.NewChangeViewServiceClient(n.conn)
}

// changes lists with everything that is in the log.
func (n *node) changes(r *signalv1.ListChangesRequest) []string {
	n.world.t.Helper()
	r.Position = n.world.settle()
	list := must[*signalv1.ListChangesResponse](n.world.t)(n.changeView().ListChanges(as(n.world.t, "eve"), r))
	var titles []string
	for _, c := range list.GetChanges() {
		titles = append(titles, c.GetTitle())
	}
	return titles
}

func TestChangesAreListed(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.tells(change.Report{Key: "1", Title: "Deploy 1", Kind: change.Deployment, Service: "checkout", Environment: "production", Outcome: change.Started})
	w.tells(change.Report{Source: "flags", Key: "2", Title: "Flag on", Kind: change.Flag, Service: "search", StartedAt: noon().Add(time.Hour)})
	w.tells(change.Report{Key: "3", Title: "NUL\x00", Kind: change.Migration, Service: "checkout", EndedAt: noon().Add(-time.Hour), Labels: map[string]string{"x\x00": "\x00y"}})
	id := w.tells(change.Report{Key: "1", Outcome: change.Failed, EndedAt: noon().Add(time.Minute), SignalID: "s2"})
	for name, c := range map[string]struct {
		request *signalv1.ListChangesRequest
		want    []string
	}{
		"all, the latest first": {&signalv1.ListChangesRequest{}, []string{"Flag on", "Deploy 1", "NUL"}},
		"one service":           {&signalv1.ListChangesRequest{Services: []string{"checkout"}}, []string{"Deploy 1", "NUL"}},
		"either service":        {&signalv1.ListChangesRequest{Services: []string{"checkout", "search"}}, []string{"Flag on", "Deploy 1", "NUL"}},
		"environment":           {&signalv1.ListChangesRequest{Environment: "production"}, []string{"Deploy 1"}},
		"kinds":                 {&signalv1.ListChangesRequest{Kinds: []signalv1.ChangeKind{signalv1.ChangeKind_CHANGE_KIND_FLAG, signalv1.ChangeKind_CHANGE_KIND_MIGRATION}}, []string{"Flag on", "NUL"}},
		"since":                 {&signalv1.ListChangesRequest{Since: stamp(noon())}, []string{"Flag on", "Deploy 1"}},
		"until":                 {&signalv1.ListChangesRequest{Until: stamp(noon())}, []string{"NUL"}},
		"source":                {&signalv1.ListChangesRequest{Source: "flags"}, []string{"Flag on"}},
		"nothing":               {&signalv1.ListChangesRequest{Source: "flags", Services: []string{"checkout"}}, nil},
	} {
		same(t, name, n.changes(c.request), c.want...)
	}
	got := must[*signalv1.GetChangeResponse](t)(n.changeView().GetChange(as(t, "eve"), &signalv1.GetChangeRequest{Change: id[:8]})).GetChange()
	if got.GetId() != id || got.GetOutcome() != signalv1.ChangeOutcome_CHANGE_OUTCOME_FAILED || got.GetRevision() != 2 || got.GetSignalId() != "s2" ||
		!got.GetStartedTime().AsTime().Equal(noon()) || !got.GetEndedTime().AsTime().Equal(noon().Add(time.Minute)) || got.GetRecordedTime() == nil {
		t.Errorf("got %v", got)
	}
	_, err := n.changeView().GetChange(as(t, "eve"), &signalv1.GetChangeRequest{Change: "ffffffff"})
	refused(t, err, "not_found", "no_such_change")
}

func TestChangesArePaged(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	const all = 23
	for i := range all {
		w.tells(change.Report{Key: fmt.Sprint(i), Title: fmt.Sprint(i)}) // all at the same time
	}
	seen := map[string]bool{}
	request := &signalv1.ListChangesRequest{PageSize: 5, Position: w.settle()}
	for {
		list := must[*signalv1.ListChangesResponse](t)(n.changeView().ListChanges(as(t, "eve"), request))
		for _, c := range list.GetChanges() {
			if seen[c.GetId()] {
				t.Fatalf("%s comes twice", c.GetTitle())
			}
			seen[c.GetId()] = true
		}
		if request.PageToken = list.GetNextPageToken(); request.PageToken == "" {
			break
		}
	}
	if len(seen) != all {
		t.Errorf("%d changes, want %d", len(seen), all)
	}
	request.Environment, request.PageToken = "production", "AQ"
	_, err := n.changeView().ListChanges(as(t, "eve"), request)
	refused(t, err, "invalid_argument", "invalid_page_token")
}

// changeRows is all that the database holds of changes, as text, in the order of ids.
func (w *world) changeRows() string {
	w.t.Helper()
	var all string
	err := w.pool.QueryRow(w.t.Context(), "select coalesce(string_agg(c::text, E'\\n' order by c.id), '') from timeline_change.change c").Scan(&all)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// redactsChange redacts the first report of a change.
func (w *world) redactsChange(id string) {
	w.t.Helper()
	d, err := record.Encode(incident.EntryRedacted{Entry: 1, ReasonCode: "secret"})
	if err != nil {
		w.t.Fatal(err)
	}
	d.EventID, d.Ignorable = "redaction-"+id, true
	data, last := w.sealChange(id, d)
	_, err = eventlog.Redact(w.t.Context(), w.log, eventlog.Redaction{
		Subject: change.Subject(id), Revision: 1, Entry: eventlog.Append{Subject: change.Subject(id), Expect: last, Data: data},
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestRedactedChangesSayNothing(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	report := change.Report{
		Key: "r", Service: "checkout", Outcome: change.Started, Title: "canary", AuthorName: "canary", Link: "https://canary",
		Description: "canary", Labels: map[string]string{"canary": "canary"},
	}
	id := w.tells(report)
	report.Outcome = change.Succeeded
	w.tells(report)
	same(t, "before", n.changes(&signalv1.ListChangesRequest{}), "canary")
	w.redactsChange(id)
	report.Outcome, report.EndedAt = change.Failed, noon().Add(time.Hour)
	w.tells(report) // what comes later says the same
	await(t, "the redaction", func() bool { return !strings.Contains(w.changeRows(), "canary") })
	n.changes(&signalv1.ListChangesRequest{})
	got := must[*signalv1.GetChangeResponse](t)(n.changeView().GetChange(as(t, "eve"), &signalv1.GetChangeRequest{Change: id})).GetChange()
	if !got.GetRedacted() || got.GetService() != "checkout" || got.GetOutcome() != signalv1.ChangeOutcome_CHANGE_OUTCOME_FAILED || got.GetTitle() != "" {
		t.Errorf("after: %v", got)
	}
	again := must[*signalv1.RebuildChangesResponse](t)(n.changeView().RebuildChanges(as(t, "root"), &signalv1.RebuildChangesRequest{}))
	if again.GetChanges() != 1 || again.GetCorrected() != 0 {
		t.Errorf("rebuild: %v", again)
	}
}

// TestChangesAreRebuilt damages rows in every way and expects them corrected, and no
// others: what is followed and what is computed anew are the same.
func TestChangesAreRebuilt(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	for i := range 1300 {
		r := change.Report{Key: fmt.Sprint(i), Title: fmt.Sprint(i), Outcome: change.Started, StartedAt: noon().Add(time.Duration(i) * time.Second)}
		w.tells(r)
		if i%3 == 0 {
			w.tells(change.Report{Key: r.Key, Outcome: change.Succeeded, EndedAt: noon().Add(time.Hour)})
		}
	}
	n.changes(&signalv1.ListChangesRequest{})
	before := w.changeRows()
	for _, sql := range []string{
		"delete from timeline_change.change where title = '7'",
		"update timeline_change.change set title = 'wrong' where title = '8'",
		"update timeline_change.change set revision = 99 where title = '9'",
		"update timeline_change.change set id = 'invented' where title = '10'",
	} {
		if tag, err := w.pool.Exec(t.Context(), sql); err != nil || tag.RowsAffected() != 1 {
			t.Fatalf("%s: %v %v", sql, tag, err)
		}
	}
	got := must[*signalv1.RebuildChangesResponse](t)(n.changeView().RebuildChanges(as(t, "root"), &signalv1.RebuildChangesRequest{}))
	want := &signalv1.RebuildChangesResponse{Changes: 1300, Corrected: 5}
	if !proto.Equal(got, want) {
		t.Errorf("rebuild: %v, want %v", got, want)
	}
	if w.changeRows() != before {
		t.Error("the rows are not those of the live view")
	}
	if _, err := n.changeView().RebuildChanges(as(t, "eve"), &signalv1.RebuildChangesRequest{}); err == nil {
		t.Error("a viewer may rebuild")
	}
}

// TestChangesOfTwoServices lets two processes fold the same rows.
func TestChangesOfTwoServices(t *testing.T) {
	w := newWorld(t)
	first, second := w.start(), w.start()
	for i := range 300 {
		r := change.Report{Key: fmt.Sprint(i), Title: fmt.Sprint(i), Outcome: change.Started}
		w.tells(r)
		w.tells(change.Report{Key: r.Key, Outcome: change.Succeeded, EndedAt: noon().Add(time.Hour)})
	}
	for _, n := range []*node{first, second} {
		if got := n.changes(&signalv1.ListChangesRequest{PageSize: 200}); len(got) != 200 {
			t.Errorf("%d changes", len(got))
		}
	}
	var ended int
	if err := w.pool.QueryRow(t.Context(), "select count(*) from timeline_change.change where revision = 2 and outcome = 3").Scan(&ended); err != nil || ended != 300 {
		t.Errorf("%d succeeded: %v", ended, err)
	}
}

// TestChangesAreComputedAnewNextToAWriter lets a rebuild come between the two steps of
// another process that writes: it holds the rows that it reads, then it changes them.
func TestChangesAreComputedAnewNextToAWriter(t *testing.T) {
	w := newWorld(t)
	first := w.start()
	id := w.tells(change.Report{Key: "1", Title: "Deploy 1"})
	same(t, "before", first.changes(&signalv1.ListChangesRequest{}), "Deploy 1")
	first.stop()
	w.sql("update timeline_change.progress set fold = fold - 1")
	w.sql("update timeline_change.change set title = 'wrong'")

	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }() // after a commit it does nothing
	write := func(sql string, args ...any) {
		t.Helper()
		if _, err := tx.Exec(t.Context(), sql, args...); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	write("set local deadlock_timeout to '10ms'") // were they to wait for each other, this one would be told
	write("select from timeline_change.change where id = $1 for update", id)
	second := w.start()
	w.eventually(func() bool {
		return w.count(`select count(*) from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and query ~ '^(lock|delete).* timeline_change\.change '`) > 0
	})
	write("update timeline_change.change set title = 'still wrong' where id = $1", id)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "afterwards", second.changes(&signalv1.ListChangesRequest{}), "Deploy 1")
}
