package recurrence_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook"
	"github.com/bridgelog/bridgelog/pkg/playbook/recurrence"
)

const day = 24 * time.Hour

func start() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func on(days int) time.Time { return start().Add(time.Duration(days) * day) }

func twice() playbook.Review {
	return playbook.Review{Count: 2, Within: 90 * day, HeldWithin: 14 * day}
}

func nobody(*recurrence.Incident) bool { return false }

// told folds an incident that was declared on a day with a category; what comes later
// was written down an hour after each other.
func told(id incident.ID, days int, d incident.Declared, more ...incident.Event) *recurrence.Incident {
	if d.Category == "" {
		d.Category = "capacity"
	}
	i := &recurrence.Incident{}
	for n, e := range append([]incident.Event{d}, more...) {
		at := on(days).Add(time.Duration(n) * time.Hour)
		i.Apply(incident.Recorded{Event: e, Meta: incident.Meta{Incident: id, Revision: uint64(n + 1), OccurredAt: at, RecordedAt: at}})
	}
	return i
}

func names(ids []incident.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = string(id)
	}
	return strings.Join(words, " ")
}

func TestNext(t *testing.T) {
	plain := incident.Declared{Status: incident.StatusInvestigating}
	with := func(change func(*incident.Declared)) incident.Declared {
		d := plain
		change(&d)
		return d
	}
	reviewed := incident.ReviewScheduled{FollowUp: 3, Category: "capacity"}
	held := incident.FollowUpEnded{FollowUp: 3, Outcome: incident.Done}
	first := told("a", 0, plain)
	for _, c := range []struct {
		name string
		all  []*recurrence.Incident
		want string // the incident, then the earlier ones; "" for none
	}{
		{"one", []*recurrence.Incident{first}, ""},
		{"two", []*recurrence.Incident{first, told("b", 10, plain)}, "b: a"},
		{"in any order", []*recurrence.Incident{told("b", 10, plain), first}, "b: a"},
		{"on the last day", []*recurrence.Incident{first, told("b", 90, plain)}, "b: a"},
		{"too far apart", []*recurrence.Incident{first, told("b", 91, plain)}, ""},
		{"at the same time", []*recurrence.Incident{first, told("b", 0, plain)}, "b: a"},
		{"practice", []*recurrence.Incident{first, told("b", 10, with(func(d *incident.Declared) { d.Drill = true }))}, ""},
		{"planned", []*recurrence.Incident{first, told("b", 10, with(func(d *incident.Declared) { d.Kind = incident.Maintenance }))}, ""},
		{"a false alarm", []*recurrence.Incident{first, told("b", 10, plain, incident.Cancelled{})}, ""},
		{"none after all", []*recurrence.Incident{first, told("b", 10, plain, incident.Cancelled{}, incident.Reopened{})}, "b: a"},
		{"merged", []*recurrence.Incident{first, told("b", 10, plain, incident.Merged{Into: "a"})}, ""},
		{"another category by now", []*recurrence.Incident{told("a", 0, plain, incident.CategoryChanged{})}, ""},
		{"an imported one counts as earlier", []*recurrence.Incident{told("a", 0, with(func(d *incident.Declared) { d.Origin = incident.OriginImport })), told("b", 10, plain)}, "b: a"},
		{"and asks for nothing", []*recurrence.Incident{first, told("b", 10, with(func(d *incident.Declared) { d.Origin = incident.OriginImport }))}, ""},
		{"a private one is no reason", []*recurrence.Incident{told("a", 0, with(func(d *incident.Declared) { d.Private = true })), told("b", 10, plain)}, ""},
		{"nor one that became private", []*recurrence.Incident{told("a", 0, plain, incident.VisibilityChanged{Private: true}), told("b", 10, plain)}, ""},
		{"but has one", []*recurrence.Incident{first, told("b", 10, with(func(d *incident.Declared) { d.Private = true }))}, "b: a"},
		{"scheduled", []*recurrence.Incident{first, told("b", 10, plain, reviewed)}, ""},
		{"scheduled and held", []*recurrence.Incident{first, told("b", 10, plain, reviewed, held)}, ""},
		{"of another category", []*recurrence.Incident{first, told("b", 10, plain, incident.ReviewScheduled{FollowUp: 3, Category: "data"})}, "b: a"},
		{"a third before it was held", []*recurrence.Incident{first, told("b", 10, plain, reviewed), told("c", 20, plain)}, ""},
		{"a third after it was held", []*recurrence.Incident{first, told("b", 10, plain, reviewed, held), told("c", 20, plain)}, "c: b a"},
		{"another follow-up ended", []*recurrence.Incident{first, told("b", 10, plain, reviewed, incident.FollowUpEnded{FollowUp: 1}), told("c", 20, plain)}, ""},
		{"the first of several", []*recurrence.Incident{told("c", 20, plain), told("b", 10, plain), first}, "b: a"},
	} {
		ask, asked := recurrence.Next(c.all, twice(), time.Time{}, nobody)
		got := ""
		if asked {
			got = string(ask.Incident) + ": " + names(ask.Earlier)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatIsAsked(t *testing.T) {
	late := told("a", 0, incident.Declared{Category: "data"}, incident.NoteAdded{}, incident.CategoryChanged{To: "capacity"})
	b := told("b", -1, incident.Declared{})
	ask, asked := recurrence.Next([]*recurrence.Incident{late, b}, twice(), on(0), nobody)
	if since := on(0).Add(2 * time.Hour); !asked || ask.Revision != 3 || !ask.Since.Equal(since) || !ask.Due.Equal(since.Add(14*day)) || ask.Category != "capacity" {
		t.Errorf("got %+v, %t", ask, asked)
	}
	if _, asked := recurrence.Next([]*recurrence.Incident{late, b}, twice(), on(1), nobody); asked {
		t.Error("what has been so for long is asked for")
	}
	if _, asked := recurrence.Next([]*recurrence.Incident{late, b}, twice(), on(0), func(i *recurrence.Incident) bool { return i.ID == "a" }); asked {
		t.Error("what is to be skipped is asked for")
	}
	var many []*recurrence.Incident
	for n := range 3 * incident.MaxEarlier {
		many = append(many, told(incident.ID(rune('0'+n)), 0, incident.Declared{}))
	}
	rule := playbook.Review{Count: 2 * incident.MaxEarlier, Within: day}
	if ask, asked := recurrence.Next(many, rule, time.Time{}, nobody); !asked || len(ask.Earlier) != incident.MaxEarlier {
		t.Errorf("got %d earlier, %t", len(ask.Earlier), asked)
	}
}

// However incidents lie in time, asking until nothing is asked for schedules at most one
// review an incident, and every incident that is one too many has one or is covered by
// one that is still to be held.
func TestAskingEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []*recurrence.Incident
		for n := range rapid.IntRange(0, 12).Draw(t, "incidents") {
			all = append(all, told(incident.ID(rune('a'+n)), rapid.IntRange(0, 200).Draw(t, "day"), incident.Declared{}))
		}
		rule := playbook.Review{Count: rapid.IntRange(2, 4).Draw(t, "count"), Within: time.Duration(rapid.IntRange(1, 120).Draw(t, "within")) * day}
		asked := map[incident.ID]bool{}
		for {
			ask, more := recurrence.Next(all, rule, time.Time{}, nobody)
			if !more {
				break
			}
			if asked[ask.Incident] {
				t.Fatalf("%s is to be reviewed twice", ask.Incident)
			}
			asked[ask.Incident] = true
			i := all[slices.IndexFunc(all, func(i *recurrence.Incident) bool { return i.ID == ask.Incident })]
			i.Apply(incident.Recorded{
				Event: incident.ReviewScheduled{FollowUp: 1, Category: ask.Category},
				Meta:  incident.Meta{Incident: ask.Incident, Revision: i.Revision + 1, OccurredAt: ask.Since, RecordedAt: ask.Since},
			})
		}
		for _, i := range all {
			var others, covering []time.Time
			for _, o := range all {
				if o != i && (o.Declared.Before(i.Declared) || o.Declared.Equal(i.Declared) && o.ID < i.ID) {
					others = append(others, o.Declared)
					if asked[o.ID] && i.Declared.Sub(o.Declared) <= rule.Within {
						covering = append(covering, o.Declared)
					}
				}
			}
			if rule.Asked(i.Declared, others) && !asked[i.ID] && len(covering) == 0 {
				t.Fatalf("%s on %v is one too many and nothing covers it", i.ID, i.Declared)
			}
		}
	})
}
