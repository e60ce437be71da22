package view_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// history draws an incident as command could have recorded it: random commands
// that the domain accepts, at random times, some of them backdated.
func history(t *rapid.T, commands int) story {
	var s story
	var state incident.State
	do := func(cmd incident.Command, now, happened time.Time) {
		c := incident.Context{Actor: person().Draw(t, "actor"), Authority: incident.Admin, Now: now, OccurredAt: happened}
		events, err := incident.Decide(state, cmd, c)
		if err != nil {
			return
		}
		for _, e := range events {
			r := incident.Recorded{Event: e, Meta: incident.Meta{
				Incident: "inc", EventID: fmt.Sprintf("e%d", len(s)), Revision: uint64(len(s)) + 1,
				OccurredAt: c.When(), RecordedAt: now, Actor: c.Actor,
			}}
			s, state = append(s, r), incident.Evolve(state, r)
		}
	}
	do(declare().Draw(t, "declare"), noon, time.Time{})
	now := noon
	for range rapid.IntRange(0, commands).Draw(t, "commands") {
		now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "pause")) * time.Second)
		var happened time.Time
		if rapid.IntRange(0, 3).Draw(t, "backdated") == 0 {
			happened = now.Add(-time.Duration(rapid.IntRange(0, 3600).Draw(t, "ago")) * time.Second)
		}
		do(command(state).Draw(t, "command"), now, happened)
	}
	return s
}

func person() *rapid.Generator[incident.PersonID] {
	return rapid.SampledFrom([]incident.PersonID{"ada", "bob", "eve"})
}

func text() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"a", "two words", "line\n\nline", "*bold* <b>", "naïve ☃"})
}

func declare() *rapid.Generator[incident.Declare] {
	return rapid.Custom(func(t *rapid.T) incident.Declare {
		return incident.Declare{
			Number: 7, Title: "first title", Summary: rapid.SampledFrom([]string{"", "more"}).Draw(t, "summary"),
			Severity: rapid.SampledFrom([]incident.Severity{incident.Unknown, incident.SEV1, incident.SEV3}).Draw(t, "severity"),
			Private:  rapid.Bool().Draw(t, "private"), AlertID: rapid.SampledFrom([]incident.AlertID{"", "al1"}).Draw(t, "alert"),
		}
	})
}

// command draws any command; those that refer to entries mostly find one.
func command(s incident.State) *rapid.Generator[incident.Command] {
	return rapid.Custom(func(t *rapid.T) incident.Command {
		entry := rapid.Uint64Range(1, s.Revision+1).Draw(t, "entry")
		words := text().Draw(t, "text")
		role := rapid.SampledFrom(incident.Roles()).Draw(t, "role")
		if rapid.IntRange(0, 3).Draw(t, "investigates") == 0 {
			return investigate(t, words)
		}
		switch rapid.IntRange(0, 36).Draw(t, "kind") {
		case 0:
			return incident.Acknowledge{}
		case 1:
			return incident.ChangeSeverity{To: incident.Severity(rapid.IntRange(1, 3).Draw(t, "to")), Reason: words}
		case 2, 3:
			return incident.ChangeStatus{To: incident.Status(rapid.IntRange(1, 4).Draw(t, "to"))}
		case 4:
			return incident.Mitigate{Summary: words}
		case 5:
			return incident.Resolve{Summary: words}
		case 6:
			return incident.Reopen{Reason: words}
		case 7:
			return incident.Close{}
		case 8:
			return incident.Cancel{Reason: words}
		case 9:
			return incident.AssignRole{Role: role, Person: person().Draw(t, "person")}
		case 10:
			return incident.HandOverRole{Role: role, To: person().Draw(t, "person"), Summary: words}
		case 11:
			return incident.ReleaseRole{Role: role}
		case 12:
			return incident.AddNote{Text: words, Label: "hypothesis"}
		case 13:
			return incident.PublishUpdate{UpdateID: fmt.Sprint("u", entry), Status: incident.StatusIdentified, Message: words, Title: "t"}
		case 14:
			return incident.RetractUpdate{UpdateID: fmt.Sprint("u", entry)}
		case 15:
			return incident.EditEntry{Entry: entry, Text: words}
		case 16:
			return incident.PinEntry{Entry: entry, Pinned: rapid.Bool().Draw(t, "on")}
		case 17:
			return incident.HideEntry{Entry: entry, Hidden: rapid.Bool().Draw(t, "on")}
		case 18:
			return incident.RedactEntry{Entry: entry, ReasonCode: "secret"}
		case 19:
			return incident.LinkAlert{AlertID: incident.AlertID(fmt.Sprint("al", entry%3)), Title: words}
		case 20:
			return incident.RecordClock{
				Run:       incident.ClockRun{Clock: "task", Subject: "T1", Start: entry},
				Threshold: incident.ClockThreshold(rapid.IntRange(1, 3).Draw(t, "threshold")), Due: noon,
			}
		case 21:
			return incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalAware, Note: words}
		case 22:
			return incident.RecordCommand{Command: words, Output: words}
		case 23:
			return incident.RecordCheck{
				CheckKey: incident.CheckKey{Run: rapid.SampledFrom([]string{"declaration", "r-1"}).Draw(t, "run"), Service: "checkout", Metric: "m"},
				CheckResult: incident.CheckResult{
					Kind: incident.MetricTraffic, Verdict: incident.CheckUnusual, From: noon, Until: noon.Add(time.Hour), Title: words, Reason: words + "!",
					Query: words, Unit: words, Now: []incident.CheckPoint{{Value: 1}},
				},
			}
		}
		if c := workCommand(t, words); rapid.IntRange(0, 6).Draw(t, "works") > 0 {
			return c
		}
		return incident.SetImpact{Components: []incident.ComponentImpact{{
			Component: rapid.SampledFrom([]string{"api", "web"}).Draw(t, "component"),
			Status:    incident.ComponentStatus(rapid.IntRange(1, 5).Draw(t, "state")),
		}}}
	})
}

// erased is the history as it is read back once the log has forgotten what was
// redacted.
func erased(t *rapid.T, s story) story {
	gone := map[uint64]bool{}
	for _, r := range s {
		if e, ok := r.Event.(incident.EntryRedacted); ok {
			gone[e.Entry] = true
		}
	}
	out := append(story(nil), s...)
	for i := range out {
		if gone[out[i].Revision] {
			out[i] = forget(t, out[i])
		}
	}
	return out
}

// forget writes an event down and reads it back without its content.
func forget(t *rapid.T, r incident.Recorded) incident.Recorded {
	draft, err := record.Encode(r.Event)
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	draft.EventID, draft.Actor, draft.OccurredAt = r.EventID, string(r.Actor), r.OccurredAt
	head := chain.Head{Revision: r.Revision - 1}
	data, _, err := chain.Seal(head, "incident.inc", []chain.Draft{draft}, chain.Request{}, r.RecordedAt, zeros{})
	if err != nil {
		t.Fatalf("seal: %v", err)
	}
	data, err = chain.RedactCommit(data, r.Revision)
	if err != nil {
		t.Fatalf("redact: %v", err)
	}
	opened, err := chain.Open(data)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	back, err := record.Decode(opened.Records[0])
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return back
}

// zeros stands for random bytes that do not matter.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// benchmarkStory is an incident of 1,000 events as they come.
func benchmarkStory(tb testing.TB) story {
	tb.Helper()
	s := declared()
	for len(s) < 1000 {
		switch len(s) % 10 {
		case 0:
			s = s.then("ada", incident.SeverityChanged{From: incident.SEV1, To: incident.SEV2, Reason: "calmer"})
		case 1:
			s = s.then("ada", incident.EntryPinned{Entry: uint64(len(s)) - 1, Pinned: true})
		case 2:
			s = s.then("bob", incident.RoleAssigned{Role: incident.Scribe, Person: "bob", Previous: "ada"})
		default:
			s = s.then("bob", incident.NoteAdded{Text: "Rolled back the deploy, errors fall.", Label: "fix"})
		}
	}
	return s
}
