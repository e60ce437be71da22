package change_test

import (
	"crypto/rand"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC) }

func began() change.Report {
	return change.Report{
		Source: "github", Key: "acme/checkout/deployment/1", Kind: change.Deployment, Service: "checkout", Environment: "production",
		Version: "v42", StartedAt: noon(), Outcome: change.Started, AuthorID: "p1", SignalID: "s1",
		Title: "Deploy v42", AuthorName: "ada", Link: "https://ci.example/1", Description: "all of it", Labels: map[string]string{"task": "deploy"},
	}
}

func ended(outcome change.Outcome) change.Report {
	return change.Report{
		Source: "github", Key: "acme/checkout/deployment/1", EndedAt: noon().Add(time.Minute), Outcome: outcome, SignalID: "s2",
	}
}

// seal writes one event behind a state.
func seal(t testing.TB, s change.State, d chain.Draft, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	data, _, err := chain.Seal(s.Head, change.Subject("x"), []chain.Draft{d}, chain.Request{}, noon(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// told folds reports, one message each.
func told(t *testing.T, reports ...change.Report) change.State {
	t.Helper()
	var s change.State
	for _, r := range reports {
		d, err := r.Draft("e")
		if s, err = change.Fold(s, seal(t, s, d, err)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestReportsOfOneChange(t *testing.T) {
	s := told(t, began())
	if !reflect.DeepEqual(s.Known, began()) || !s.Exists() || s.RecordedAt != noon().UnixMicro() {
		t.Fatalf("after the begin: %+v", s)
	}
	s = told(t, began(), ended(change.Failed))
	want := began()
	want.EndedAt, want.Outcome, want.SignalID = noon().Add(time.Minute), change.Failed, "s2"
	if !reflect.DeepEqual(s.Known, want) || s.Head.Revision != 2 || s.Frozen {
		t.Fatalf("after the end: %+v", s)
	}
	late := told(t, ended(change.Failed), began())
	if !late.Known.Same(want) {
		t.Errorf("the begin came late: %+v", late.Known)
	}
}

func TestALaterEndCounts(t *testing.T) {
	again := ended(change.Succeeded)
	again.EndedAt = again.EndedAt.Add(time.Hour)
	for name, reports := range map[string][]change.Report{
		"in order":  {began(), ended(change.Failed), again},
		"too late":  {began(), again, ended(change.Failed)},
		"repeated":  {began(), ended(change.Failed), again, ended(change.Failed), began()},
		"end first": {again, began(), ended(change.Failed)},
	} {
		if s := told(t, reports...); s.Known.Outcome != change.Succeeded || !s.Known.EndedAt.Equal(again.EndedAt) {
			t.Errorf("%s: %+v", name, s.Known)
		}
	}
}

func TestWhatIsNews(t *testing.T) {
	s := told(t, began(), ended(change.Failed))
	for name, r := range map[string]change.Report{"the begin": began(), "the end": ended(change.Failed)} {
		r.SignalID = "another delivery"
		if _, news := s.News(r); news {
			t.Errorf("%s is told again and is news", name)
		}
	}
	r := began()
	if _, news := (change.State{}).News(r); !news {
		t.Error("the first report is no news")
	}
	r.Outcome, r.EndedAt = change.Succeeded, noon().Add(2*time.Minute)
	if _, news := s.News(r); !news {
		t.Error("another end is no news")
	}
}

func TestRedactedChangesTakeNoText(t *testing.T) {
	d, err := began().Draft("e")
	data, err := chain.RedactCommit(seal(t, change.State{}, d, err), 1)
	if err != nil {
		t.Fatal(err)
	}
	s, err := change.Fold(change.State{}, data)
	if err != nil {
		t.Fatal(err)
	}
	if !s.Redacted || !s.Known.Same(began().WithoutContent()) {
		t.Fatalf("after the redaction: %+v", s)
	}
	if r, news := s.News(began()); news || r.Title != "" {
		t.Errorf("the same report brings back %+v", r)
	}
	if s = s.Take(began(), false, 0); s.Known.Title != "" || s.Known.Labels != nil {
		t.Errorf("a later report brings back %+v", s.Known)
	}
}

func TestEventsOfLaterVersionsFreezeUnlessIgnorable(t *testing.T) {
	for _, ignorable := range []bool{true, false} {
		d := chain.Draft{EventID: "e", Type: "change.reverted", Ignorable: ignorable}
		s, err := change.Fold(change.State{}, seal(t, change.State{}, d, nil))
		if err != nil {
			t.Fatal(err)
		}
		if s.Frozen == ignorable {
			t.Errorf("ignorable %v: frozen %v", ignorable, s.Frozen)
		}
	}
	if _, err := change.Decode("change.reverted", chain.Record{}); !errors.Is(err, change.ErrUnknownType) {
		t.Errorf("decode: %v", err)
	}
}

// TestWordsAreThoseOfTheWire keeps numbers and words together.
func TestWordsAreThoseOfTheWire(t *testing.T) {
	if len(change.Kinds()) != len(signalv1.ChangeKind_name)-1 || len(change.Outcomes()) != len(signalv1.ChangeOutcome_name)-1 {
		t.Fatal("a kind or an outcome has no word")
	}
	for i, w := range change.Kinds() {
		k, ok := change.ParseKind(w)
		if !ok || k.String() != w || signalv1.ChangeKind(k).String() != "CHANGE_KIND_"+upper(w) || int(k) != i+1 {
			t.Errorf("%s: %d", w, k)
		}
	}
	for i, w := range change.Outcomes() {
		o, ok := change.ParseOutcome(w)
		if !ok || o.String() != w || signalv1.ChangeOutcome(o).String() != "CHANGE_OUTCOME_"+upper(w) || int(o) != i+1 {
			t.Errorf("%s: %d", w, o)
		}
	}
	if _, ok := change.ParseKind(""); ok || change.KindUnknown.String() != "" || change.Kind(99).String() != "" {
		t.Error("no kind has a word")
	}
}
