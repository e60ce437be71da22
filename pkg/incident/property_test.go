package incident_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// summary is what can be asked of a state, apart from entries.
type summary struct {
	Severity   incident.Severity
	Status     incident.Status
	Title      string
	MergedInto incident.ID
	Flags      [5]bool
	Holders    [4]incident.PersonID
	Members    []incident.PersonID
	Acked      []incident.PersonID
	Impact     []incident.ComponentImpact
	Public     []string
	Work       aftermath

	Investigation investigation
}

func outline(s incident.State) summary {
	out := summary{
		Severity: s.Severity, Status: s.Status, Title: s.Title, MergedInto: s.MergedInto,
		Flags:   [5]bool{s.Private, s.Drill, s.Mitigated, s.Touched, s.Frozen},
		Members: s.Members(), Acked: s.Acknowledged(), Impact: s.Impact(), Public: s.PublicUpdates(), Work: aftermathOf(s),
	}
	for i, r := range incident.Roles() {
		out.Holders[i] = s.Holder(r)
	}
	out.Investigation = investigated(s)
	return out
}

func entriesOf(s incident.State) []incident.Entry {
	var all []incident.Entry
	for revision := uint64(1); revision <= s.Revision; revision++ {
		e, _ := s.Entry(revision)
		all = append(all, e)
	}
	return all
}

// commandGen draws commands about few people, components, updates and entries,
// so that they meet.
func commandGen() *rapid.Generator[incident.Command] {
	person := rapid.SampledFrom([]incident.PersonID{ann, bob, cy})
	role := rapid.SampledFrom(append(incident.Roles(), 0))
	entry := rapid.Uint64Range(0, 40)
	text := rapid.SampledFrom([]string{"a", "b", "title\nrest", ""})
	status := rapid.Map(rapid.Uint8Range(0, 8), func(n uint8) incident.Status { return incident.Status(n) })
	id := rapid.SampledFrom([]string{"u-1", "u-2", "u-3"})
	return rapid.Custom(func(t *rapid.T) incident.Command {
		all := []incident.Command{
			incident.Declare{Number: 1, Title: "t", Private: rapid.Bool().Draw(t, "private"), AlertID: "a-1"},
			incident.Acknowledge{},
			incident.ChangeSeverity{To: incident.Severity(rapid.Uint8Range(0, 4).Draw(t, "severity"))},
			incident.ChangeStatus{To: status.Draw(t, "status")},
			incident.Mitigate{},
			incident.Resolve{Summary: text.Draw(t, "text"), Automatic: rapid.Bool().Draw(t, "automatic")},
			incident.Reopen{},
			incident.Close{},
			incident.Cancel{Reason: text.Draw(t, "text")},
			incident.Merge{Into: "inc-7", TargetExists: rapid.IntRange(0, 9).Draw(t, "exists") == 0},
			incident.AssignRole{Role: role.Draw(t, "role"), Person: person.Draw(t, "person")},
			incident.HandOverRole{Role: role.Draw(t, "role"), To: person.Draw(t, "person"), Summary: text.Draw(t, "text")},
			incident.ReleaseRole{Role: role.Draw(t, "role")},
			incident.PostUpdate{Text: text.Draw(t, "text")},
			incident.AddNote{Text: text.Draw(t, "text"), Pinned: rapid.Bool().Draw(t, "pinned")},
			incident.SetImpact{Components: []incident.ComponentImpact{{
				Component: id.Draw(t, "component"), Status: incident.ComponentStatus(rapid.Uint8Range(1, 5).Draw(t, "impact")),
			}}},
			incident.PublishUpdate{UpdateID: id.Draw(t, "update"), Status: status.Draw(t, "status"), Message: "m", Title: text.Draw(t, "text")},
			incident.RetractUpdate{UpdateID: id.Draw(t, "update")},
			incident.EditEntry{Entry: entry.Draw(t, "entry"), Text: text.Draw(t, "text")},
			incident.PinEntry{Entry: entry.Draw(t, "entry"), Pinned: rapid.Bool().Draw(t, "pinned")},
			incident.HideEntry{Entry: entry.Draw(t, "entry"), Hidden: rapid.Bool().Draw(t, "hidden")},
			incident.RedactEntry{Entry: entry.Draw(t, "entry"), ReasonCode: "secret"},
			incident.LinkAlert{AlertID: incident.AlertID(id.Draw(t, "alert"))},
			incident.RecordClock{
				Run:       incident.ClockRun{Clock: "task", Subject: id.Draw(t, "task"), Start: entry.Draw(t, "start")},
				Threshold: incident.ClockThreshold(rapid.Uint8Range(0, 4).Draw(t, "threshold")), Due: incidenttest.Start(),
			},
			incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalEvent(rapid.Uint8Range(0, 9).Draw(t, "legal")), Note: text.Draw(t, "text")},
			incident.RecordCommand{Command: text.Draw(t, "text"), Output: text.Draw(t, "text")},
			recordCheck(func(c *incident.RecordCheck) {
				c.Run, c.Verdict = id.Draw(t, "run"), incident.CheckVerdict(rapid.Uint8Range(0, 4).Draw(t, "check"))
			}),
		}
		all = append(all, workCommands(t)...)
		all = append(all, drawInvestigation(t)...)
		return all[rapid.IntRange(0, len(all)-1).Draw(t, "command")]
	})
}

// drawHistory decides random commands of random people; refused ones leave
// nothing.
func drawHistory(t *rapid.T, after func(before incident.State, cmd incident.Command, h *incidenttest.History)) *incidenttest.History {
	h := incidenttest.New("inc-41")
	commands := commandGen()
	if _, err := h.Do(ann, incident.Responder, incident.Declare{Number: 1, Title: "t", Severity: 2}); err != nil {
		t.Fatal(err)
	}
	for range rapid.IntRange(0, 60).Draw(t, "commands") {
		who := rapid.SampledFrom([]incident.PersonID{ann, bob, cy}).Draw(t, "who")
		a := incident.Authority(rapid.Uint8Range(1, 4).Draw(t, "authority"))
		cmd := commands.Draw(t, "cmd")
		before := h.State
		events, err := h.Do(who, a, cmd)
		if err != nil && (incident.KindOf(err) == 0 || len(events) > 0) {
			t.Fatalf("%s: %v with %d events", cmd.Name(), err, len(events))
		}
		if after != nil {
			after(before, cmd, h)
		}
	}
	return h
}

// Whatever is decided, the state stays one that can be.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(before incident.State, cmd incident.Command, h *incidenttest.History) {
			s := h.State
			if s.Revision != uint64(len(h.Events)) {
				t.Fatalf("revision %d after %d events", s.Revision, len(h.Events))
			}
			if !legalStep(before.Status, s.Status) {
				t.Fatalf("%s moved %v to %v", cmd.Name(), before.Status, s.Status)
			}
			if before.MergedInto != "" && (s.Status != before.Status || s.Severity != before.Severity || s.MergedInto != before.MergedInto) {
				t.Fatalf("%s changed a merged incident", cmd.Name())
			}
			for _, r := range incident.Roles() {
				if p := s.Holder(r); p != "" && !slices.Contains(s.Members(), p) {
					t.Fatalf("%s holds %v and is no member", p, r)
				}
			}
			seen := map[string]bool{}
			for _, id := range s.PublicUpdates() {
				if seen[id] {
					t.Fatalf("public update %s twice", id)
				}
				seen[id] = true
			}
			checkInvestigation(t, before, cmd, s)
			for _, e := range entriesOf(s) {
				if e.Redacted && (!e.Content || e.Type == "incident.entry_redacted") {
					t.Fatalf("%+v is redacted", e)
				}
			}
		})
	})
}

// legalStep is the diagram of statuses.
func legalStep(from, to incident.Status) bool {
	switch to {
	case from:
		return true
	case incident.StatusInvestigating: // also by reopening
		return from != incident.StatusUnknown
	case incident.StatusTriage, incident.StatusIdentified, incident.StatusMonitoring, incident.StatusResolved:
		return from.Open()
	case incident.StatusClosed:
		return from == incident.StatusResolved || from == incident.StatusCancelled
	case incident.StatusCancelled:
		return from.Open() || from == incident.StatusResolved
	default:
		return false
	}
}

// Repeating an accepted command changes nothing more, unless it says something
// again.
func TestRepeatingChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(before incident.State, cmd incident.Command, h *incidenttest.History) {
			speaks := append([]string{
				"post_update", "add_note", "edit_entry", "acknowledge", "add_task", "add_follow_up", "revise_follow_up",
				"record_legal_event", "record_command", "add_debrief",
			}, investigationSpeaks()...)
			if h.State.Revision == before.Revision || slices.Contains(speaks, cmd.Name()) {
				return
			}
			events, _ := incident.Decide(h.State, cmd, incident.Context{Actor: ann, Authority: incident.Admin, Now: h.Now})
			if len(events) > 0 {
				t.Fatalf("%s again: %v", cmd.Name(), events)
			}
		})
	})
}

// A history whose redacted content is gone leaves the state that the live
// history has.
func TestRedactedHistoryFoldsToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := drawHistory(t, nil)
		replayed := incident.Fold(withoutRedacted(h)...)
		if !reflect.DeepEqual(replayed, h.State) {
			t.Fatalf("replayed %+v %+v\nlive     %+v %+v", outline(replayed), entriesOf(replayed), outline(h.State), entriesOf(h.State))
		}
	})
}

// withoutRedacted returns the history as the log gives it back after its
// redactions were carried out.
func withoutRedacted(h *incidenttest.History) []incident.Recorded {
	out := make([]incident.Recorded, len(h.Events))
	for i, r := range h.Events {
		if e, _ := h.State.Entry(uint64(i) + 1); e.Redacted {
			r.Event, r.Redacted = factsOf(r.Event), true
		}
		out[i] = r
	}
	return out
}

// factsOf empties the fields that hold content, by their names.
func factsOf(e incident.Event) incident.Event {
	v := reflect.New(reflect.TypeOf(e)).Elem()
	v.Set(reflect.ValueOf(e))
	names := []string{"Title", "Summary", "Reason", "Text", "Author", "Message", "URL", "Note", "Tracker", "Command", "Output"}
	for _, name := range append(names, investigationContent()...) {
		if f := v.FieldByName(name); f.IsValid() && (f.Kind() == reflect.String || f.Kind() == reflect.Slice) {
			f.SetZero()
		}
	}
	if items := v.FieldByName("Items"); items.IsValid() {
		items.Set(reflect.AppendSlice(reflect.MakeSlice(items.Type(), 0, items.Len()), items))
		for i := range items.Len() {
			items.Index(i).FieldByName("Text").SetString("")
		}
	}
	out, ok := reflect.TypeAssert[incident.Event](v)
	if !ok {
		panic("not an event any more")
	}
	return out
}

// Evolve copes with any events in any order, redacted or not, and never changes
// a state that somebody else holds.
func TestEvolveIsTotalAndShares(t *testing.T) {
	samples := append(incidenttest.Samples(), incident.Unrecognized{Name: "x.y", Critical: true}, incident.Unrecognized{Name: "x.z"}, nil)
	rapid.Check(t, func(t *rapid.T) {
		type held struct {
			state   incident.State
			outline summary
			entries []incident.Entry
		}
		hold := func(s incident.State) held { return held{s, outline(s), entriesOf(s)} }
		states := []held{hold(incident.State{})}
		for range rapid.IntRange(1, 120).Draw(t, "events") {
			// Usually the newest state goes on; sometimes an old one branches.
			from := len(states) - 1
			if rapid.IntRange(0, 9).Draw(t, "branch") == 0 {
				from = rapid.IntRange(0, from).Draw(t, "from")
			}
			r := incident.Recorded{
				Event:    drawEvent(t, samples),
				Redacted: rapid.Bool().Draw(t, "redacted"),
				Meta: incident.Meta{
					Actor:      drawPerson(t),
					OccurredAt: time.Unix(rapid.Int64().Draw(t, "at"), 0),
				},
			}
			states = append(states, hold(incident.Evolve(states[from].state, r)))
		}
		for i, h := range states {
			if got := outline(h.state); !reflect.DeepEqual(got, h.outline) {
				t.Fatalf("state %d changed: %+v, was %+v", i, got, h.outline)
			}
			if got := entriesOf(h.state); !reflect.DeepEqual(got, h.entries) {
				t.Fatalf("entries of state %d changed", i)
			}
		}
	})
}

// drawPerson draws one of many people, so that lists of people grow.
func drawPerson(t *rapid.T) incident.PersonID {
	return incident.PersonID(rapid.StringMatching("[a-h]?").Draw(t, "person"))
}

// drawEvent draws one of the samples, or an event that changes what is shared.
func drawEvent(t *rapid.T, samples []incident.Event) incident.Event {
	status := incident.ComponentStatus(rapid.Uint8Range(1, 5).Draw(t, "status"))
	entry := rapid.Uint64Range(0, 130).Draw(t, "entry")
	return rapid.OneOf(
		rapid.SampledFrom(samples),
		rapid.SampledFrom([]incident.Event{
			incident.Acknowledged{},
			incident.RoleAssigned{Role: incident.Commander, Person: drawPerson(t)},
			incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: string(drawPerson(t)), Status: status}}},
			incident.PublicUpdatePublished{UpdateID: string(drawPerson(t)), Title: "t"},
			incident.PublicUpdateRetracted{UpdateID: string(drawPerson(t))},
			incident.EntryPinned{Entry: entry, Pinned: true},
			incident.EntryRedacted{Entry: entry},
		}),
	).Draw(t, "event")
}

// Decide copes with every state that Evolve can give.
func TestDecideIsTotal(t *testing.T) {
	samples := append(incidenttest.Samples(), incident.Unrecognized{Name: "x.z"})
	commands := commandGen()
	rapid.Check(t, func(t *rapid.T) {
		var s incident.State
		for _, e := range rapid.SliceOfN(rapid.SampledFrom(samples), 0, 40).Draw(t, "events") {
			s = incident.Evolve(s, incident.Recorded{Event: e, Redacted: rapid.Bool().Draw(t, "redacted"), Meta: incident.Meta{Actor: ann}})
		}
		events, err := incident.Decide(s, commands.Draw(t, "command"), incident.Context{
			Actor: ann, Authority: incident.Admin, Now: incidenttest.Start(),
		})
		if err != nil && (incident.KindOf(err) == 0 || events != nil) {
			t.Fatalf("%v, %v", events, err)
		}
	})
}
