package fold_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// random writes a log of several incidents at once, with corrections, redactions
// and a poison event.
func random(t *testing.T, seed uint64, events int) (*memory.Log, *logtest.Writer) {
	t.Helper()
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	r := rand.New(rand.NewPCG(seed, 0))
	var ids []incident.ID
	notes := map[incident.ID][]uint64{}
	for range events {
		if len(ids) == 0 || r.IntN(8) == 0 {
			ids = append(ids, w.Declare(incident.Declare{Title: "t", Summary: "s", Severity: incident.SEV2}, logtest.Act{}))
			continue
		}
		id := ids[r.IntN(len(ids))]
		have := notes[id]
		switch kind := r.IntN(6); {
		case kind == 0 && len(have) > 0:
			entry := have[len(have)-1]
			w.Do(id, incident.EditEntry{Entry: entry, Text: fmt.Sprint("edited ", r.IntN(9))}, logtest.Act{})
		case kind == 1 && len(have) > 0:
			w.Redact(id, have[0], logtest.Act{})
			notes[id] = have[1:]
		default:
			w.Do(id, incident.AddNote{Text: fmt.Sprint("note ", r.IntN(1000))}, logtest.Act{})
			notes[id] = append(have, w.Revision(id))
		}
	}
	w.Append(ids[0], []chain.Draft{{Type: "incident.declared", Facts: []byte{0xff}, Actor: "ada"}}, logtest.Act{Now: time.Now()})
	return log, w
}

func messages(t *testing.T, log *memory.Log) []eventlog.Message {
	t.Helper()
	info, err := log.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all []eventlog.Message
	err = log.Read(t.Context(), eventlog.Position{}, info.LastSequence, func(m eventlog.Message) error {
		all = append(all, m)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// model is what a database would hold after writing the changes of an engine.
type model struct {
	mu        sync.Mutex
	incidents map[string]row.Incident
	entries   map[string]view.Entry
}

func (m *model) add(c fold.Change) error {
	var rows fold.Rows
	if err := rows.Add(c); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, i := range rows.Incidents {
		m.incidents[i.ID] = i
	}
	for _, e := range rows.Entries {
		m.entries[fmt.Sprint(e.IncidentID, "/", e.Revision)] = e.Entry
	}
	return nil
}

func newModel() *model {
	return &model{incidents: map[string]row.Incident{}, entries: map[string]view.Entry{}}
}

// TestAnyBatchesGiveTheSameRows folds the same log in batches of every size, with
// much and with hardly any memory, and with a loss of memory in between.
func TestAnyBatchesGiveTheSameRows(t *testing.T) {
	for seed := range uint64(5) {
		log, _ := random(t, seed, 150)
		all := messages(t, log)
		want := bulkModel(t, log, all, 1<<20)
		if small := bulkModel(t, log, all, 3); !reflect.DeepEqual(small.incidents, want.incidents) || !reflect.DeepEqual(small.entries, want.entries) {
			t.Fatalf("seed %d: a rebuild in hardly any memory makes other rows", seed)
		}
		for _, batch := range []int{1, 7, len(all)} {
			for _, entries := range []int{2, 100_000} {
				engine := fold.NewEngine(log, fold.Options{Workers: 3, Entries: entries})
				got := newModel()
				for at := 0; at < len(all); at += batch {
					if err := engine.Fold(t.Context(), all[at:min(at+batch, len(all))], got.add); err != nil {
						t.Fatal(err)
					}
					if at/batch%5 == 4 {
						engine.Reset()
					}
				}
				if !reflect.DeepEqual(got.incidents, want.incidents) || !reflect.DeepEqual(got.entries, want.entries) {
					t.Fatalf("seed %d, batches of %d, %d entries in memory: rows differ from those of a rebuild", seed, batch, entries)
				}
			}
		}
	}
}

// Incident implements [fold.Sink].
func (m *model) Incident(_ context.Context, r row.Incident) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, twice := m.incidents[r.ID]; twice {
		return fmt.Errorf("incident %s came twice", r.ID)
	}
	m.incidents[r.ID] = r
	return nil
}

// Entries implements [fold.Sink].
func (m *model) Entries(_ context.Context, rows []byte, count int) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for ; count > 0; count-- {
		r := row.ParseBinary(rows)
		m.entries[fmt.Sprint(r.IncidentID, "/", r.Revision)] = r.Entry
		rows = rows[len(r.AppendBinary(nil)):]
	}
	if len(rows) > 0 {
		return fmt.Errorf("%d bytes too many", len(rows))
	}
	return nil
}

// bulkModel is what a rebuild makes in so many bytes of memory, up to the middle
// of the log, and the live projection after that.
func bulkModel(t *testing.T, log *memory.Log, all []eventlog.Message, bytes int) *model {
	t.Helper()
	m := newModel()
	b := fold.NewBulk(m, fold.BulkOptions{Workers: 3, Bytes: bytes})
	half := all[len(all)/2].Sequence
	var read uint64
	if err := b.Read(t.Context(), log, half, func(n uint64) { read = n }); err != nil {
		t.Fatal(err)
	}
	if read == 0 || b.Entries() != len(m.entries) {
		t.Errorf("read %d messages, %d entries of %d", read, b.Entries(), len(m.entries))
	}
	if stale := b.Stale(); bytes < 1<<20 != (len(stale) > 0) {
		t.Errorf("%d incidents are stale with %d bytes", len(stale), bytes)
	}
	sick := map[incident.ID]bool{}
	for _, p := range b.Problems() {
		sick[p.Incident] = true
	}
	for _, id := range b.Stale() {
		rows, err := fold.Reload(t.Context(), log, id, half)
		if err != nil {
			t.Fatal(err)
		}
		m.replace(rows)
		for _, p := range rows.Problems {
			sick[p.Incident] = true
		}
	}
	rest, err := fold.NewEngine(log, fold.Options{}).Rows(t.Context(), all[len(all)/2+1:])
	if err != nil {
		t.Fatal(err)
	}
	m.replace(rest)
	for _, p := range rest.Problems {
		sick[p.Incident] = true
	}
	if len(sick) != 1 {
		t.Errorf("in quarantine: %v", sick)
	}
	return m
}

func (m *model) replace(rows fold.Rows) {
	for _, i := range rows.Incidents {
		m.incidents[i.ID] = i
	}
	for _, e := range rows.Entries {
		m.entries[fmt.Sprint(e.IncidentID, "/", e.Revision)] = e.Entry
	}
}

func TestHistoryIsTheFold(t *testing.T) {
	log, w := random(t, 7, 100)
	cache := fold.NewHistories(log)
	id := incident.ID("inc00002")
	h, err := cache.Get(t.Context(), id, w.Revision(id))
	if err != nil || uint64(len(h.Records)) != w.Revision(id) || h.Problem != nil {
		t.Fatalf("%d records, %v, %v", len(h.Records), h.Problem, err)
	}
	w.Do(id, incident.AddNote{Text: "new"}, logtest.Act{})
	if again, err := cache.Get(t.Context(), id, w.Revision(id)-1); err != nil || len(again.Records) != len(h.Records) {
		t.Errorf("what is enough was read again: %v", err)
	}
	if again, err := cache.Get(t.Context(), id, w.Revision(id)); err != nil || len(again.Records) != len(h.Records)+1 {
		t.Errorf("what is new was not read: %v", err)
	}
	sick, err := cache.Get(t.Context(), "inc00001", 1)
	if err != nil || sick.Problem == nil || sick.Problem.Revision != uint64(len(sick.Records))+1 {
		t.Errorf("the poisoned incident: %+v, %v", sick.Problem, err)
	}
}

func TestEngineStopsWithItsCaller(t *testing.T) {
	log, _ := random(t, 3, 50)
	all := messages(t, log)
	engine := fold.NewEngine(log, fold.Options{})
	stop := fmt.Errorf("stop")
	err := engine.Fold(context.Background(), all, func(fold.Change) error { return stop })
	if err == nil {
		t.Error("the error of the caller was dropped")
	}
}

func TestRedactedLater(t *testing.T) {
	log := memory.New(memory.Options{})
	w := logtest.New(t, log)
	id := w.Declare(incident.Declare{Title: "t"}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "a"}, logtest.Act{})
	at := w.Do(id, incident.EditEntry{Entry: 2, Text: "b"}, logtest.Act{})
	if later, err := fold.RedactedLater(t.Context(), log, id, at.Sequence); err != nil || len(later) != 0 {
		t.Errorf("nothing is redacted: %v, %v", later, err)
	}
	end := w.Redact(id, 3, logtest.Act{})
	later, err := fold.RedactedLater(t.Context(), log, id, at.Sequence)
	if err != nil || !later[3] || !later[2] || later[1] {
		t.Errorf("the correction and its target: %v, %v", later, err)
	}
	if later, err := fold.RedactedLater(t.Context(), log, id, end.Sequence); err != nil || len(later) != 0 {
		t.Errorf("nothing is redacted after the end: %v, %v", later, err)
	}
}
