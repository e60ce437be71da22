package catalog_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// eraseAda deletes ada and erases whatever the catalog says of her.
func (b *bench) eraseAda() {
	b.t.Helper()
	ada, ok := b.catchUp().Get("person", "ada")
	if !ok {
		b.t.Fatal("there is no ada")
	}
	b.options.Delete = []string{"person/ada"}
	b.given("")
	b.options.Delete = nil
	mentions, err := catalog.Mentions(b.t.Context(), b.log, b.catchUp(), ada.ID)
	if err != nil || len(mentions) == 0 {
		b.t.Fatalf("%d mentions, %v", len(mentions), err)
	}
	for _, m := range mentions {
		redaction, err := catalog.Erasure(b.catchUp(), m, b.author())
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := eventlog.Redact(b.t.Context(), b.log, redaction); err != nil {
			b.t.Fatal(err)
		}
	}
}

// crowd is ada among others in one apply, so that her change stands before its
// commit.
const crowd = ada + "{kind: Person, name: ben}\n---\n{kind: Service, name: zeta}\n---\n"

func TestAFollowerThatStartsAfterAnErasure(t *testing.T) {
	b := newBench(t)
	b.given(checkout)
	b.given(crowd)
	b.given("{kind: Person, name: ada, spec: {display_name: Ada, email: ada@example.org, role: responder}}")
	b.given(search)
	b.eraseAda()
	last := b.given("{kind: Person, name: ada}") // somebody else takes the name
	f, _ := follow(t, b.log, catalog.FollowerOptions{})
	state, err := f.Wait(t.Context(), last.Sequence())
	if err != nil {
		t.Fatal(err)
	}
	if got := len(state.List("")); got != 5 {
		t.Errorf("%d resources, want 5", got)
	}
	if got := state.Bearers("person", "ada"); len(got) != 1 {
		t.Errorf("the name leads to %v", got)
	}
}

// erasing is a log in which something is erased while it is read.
type erasing struct {
	eventlog.Reader

	once sync.Once
	do   func()
}

func (e *erasing) TailSubjects(ctx context.Context, filter string, after uint64, fn func(eventlog.Message) error) error {
	return e.Reader.TailSubjects(ctx, filter, after, func(m eventlog.Message) error {
		e.once.Do(e.do)
		return fn(m)
	})
}

func TestAnErasureWhileAFollowerReads(t *testing.T) {
	b := newBench(t)
	b.given(checkout)
	b.given(crowd)
	log := &erasing{Reader: b.log, do: b.eraseAda}
	f, stop := follow(t, log, catalog.FollowerOptions{})
	<-f.Ready()
	last, err := b.log.LastSequence(t.Context(), eventlog.FilterCatalog)
	if err != nil {
		t.Fatal(err)
	}
	state, err := f.Wait(t.Context(), last)
	if err != nil {
		t.Fatal(err)
	}
	if _, there := state.Get("person", "ada"); there || len(state.List("")) != 3 {
		t.Errorf("%d resources, ada among them: %v", len(state.List("")), there)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestThePastDoesWithoutWhatWasErased(t *testing.T) {
	b := newBench(t)
	b.given(crowd)
	past := &catalog.Past{Log: b.log}
	then := time.Unix(1_700_000_000, 0)
	before, err := past.At(t.Context(), then)
	if err != nil {
		t.Fatal(err)
	}
	if _, there := before.Get("person", "ada"); !there {
		t.Error("ada was there")
	}
	if early, err := past.At(t.Context(), then.Add(-time.Second)); err != nil || len(early.List("")) != 0 {
		t.Errorf("before the beginning: %v, %v", early.List(""), err)
	}
	b.eraseAda()
	after, err := past.At(t.Context(), then)
	if err != nil {
		t.Fatal(err)
	}
	if _, there := after.Get("person", "ada"); there {
		t.Error("the past still knows ada")
	}
}
