package incident_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// driven counts what random sequences of commands led to.
type driven struct {
	mu                        sync.Mutex
	sequences, commands       int
	accepted, refused, events map[string]int
}

// TestRandomSequences drives ten thousand sequences of commands of every kind:
// no reachable state breaks an invariant, replaying gives the live state, and every
// refusal is a Rejection with a reason and a sentence. Which commands there are it
// takes from the domain; one that no sequence manages to give fails the test.
func TestRandomSequences(t *testing.T) {
	const shards = 4
	sequences := 10_000
	if testing.Short() {
		sequences = 1_000
	}
	words := incidenttest.Words(source(t))
	d := driven{accepted: map[string]int{}, refused: map[string]int{}, events: map[string]int{}}
	t.Run("drive", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				for seed := shard; seed < sequences && !t.Failed(); seed += shards {
					d.sequence(t, uint64(seed), words)
				}
			})
		}
	})
	if t.Failed() {
		return
	}
	for _, cmd := range incident.Commands() {
		if d.accepted[cmd.Name()] == 0 || d.refused[cmd.Name()] == 0 {
			t.Errorf("%s was accepted %d times and refused %d times", cmd.Name(), d.accepted[cmd.Name()], d.refused[cmd.Name()])
		}
	}
	for _, typ := range incident.Types() {
		if d.events[typ] == 0 {
			t.Errorf("no sequence led to %s", typ)
		}
	}
	t.Logf("%d sequences of %d commands", d.sequences, d.commands)
}

func (d *driven) sequence(t *testing.T, seed uint64, words []string) {
	t.Helper()
	const longest, tries = 60, 12
	chance := rand.New(rand.NewPCG(seed, 7))
	people := incidenttest.People()
	h := incidenttest.New("inc-41")
	x := incidenttest.Explorer{Pick: chance.IntN, Words: words}
	for range 1 + chance.IntN(longest) {
		cmd := x.Sensible(h, chance.IntN(tries))
		who, authority := people[chance.IntN(len(people))], incident.Authority(chance.IntN(5))
		before := h.State
		recorded, err := h.Do(who, authority, cmd)
		if problem := problemOf(before, h, cmd, len(recorded), err); problem != "" {
			t.Errorf("sequence %d, after %d events: %s %+v by %s as %s: %s", seed, before.Revision, cmd.Name(), cmd, who, authority, problem)
			return
		}
		for _, r := range recorded {
			x.Learn(r.Event)
		}
		d.count(cmd, recorded, err)
	}
	if replayed := incident.Fold(h.Events...); !reflect.DeepEqual(replayed, h.State) {
		t.Errorf("sequence %d: replayed it is %+v, live %+v", seed, outline(replayed), outline(h.State))
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sequences++
}

func (d *driven) count(cmd incident.Command, recorded []incident.Recorded, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.commands++
	if err != nil {
		d.refused[cmd.Name()]++
	}
	if len(recorded) > 0 {
		d.accepted[cmd.Name()]++
	}
	for _, r := range recorded {
		d.events[r.Event.Type()]++
	}
}

// problemOf says what is wrong with the answer to a command, or nothing.
func problemOf(before incident.State, h *incidenttest.History, cmd incident.Command, recorded int, err error) string {
	s := h.State
	if err != nil {
		return refusalProblem(before, s, recorded, err)
	}
	switch {
	case s.Revision != uint64(len(h.Events)) || s.Revision != before.Revision+uint64(recorded):
		return fmt.Sprintf("revision %d after %d events", s.Revision, len(h.Events))
	case before.Declared() && !legalStep(before.Status, s.Status):
		return fmt.Sprintf("it moved from %v to %v", before.Status, s.Status)
	case before.MergedInto != "" && (s.Status != before.Status || s.Severity != before.Severity || s.MergedInto != before.MergedInto):
		return "it changed a merged incident"
	}
	for _, r := range incident.Roles() {
		if p := s.Holder(r); p != "" && !slices.Contains(s.Members(), p) {
			return fmt.Sprintf("%s holds %v and is no member", p, r)
		}
	}
	updates := s.PublicUpdates()
	slices.Sort(updates)
	if len(slices.Compact(updates)) != len(s.PublicUpdates()) {
		return "a public update stands there twice"
	}
	return ""
}

func refusalProblem(before, after incident.State, recorded int, err error) string {
	var r *incident.Rejection
	switch {
	case !errors.As(err, &r) || r.Kind == 0 || r.Reason == "":
		return fmt.Sprintf("refused by %#v, which is no Rejection with a kind and a reason", err)
	case recorded > 0 || !reflect.DeepEqual(before, after):
		return "it was refused and changed something"
	case !strings.Contains(r.Message, " ") || strings.TrimSpace(r.Message) != r.Message:
		return fmt.Sprintf("refused with %q, which is no sentence", r.Message)
	case r.Kind == incident.InvalidArgument && r.Field == "":
		return fmt.Sprintf("refused as invalid without naming the field: %q", r.Message)
	}
	return ""
}
