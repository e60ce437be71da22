package logtest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// Try is Do for a command that may be refused or change nothing; it reports
// whether something was recorded.
func (w *Writer) Try(id incident.ID, cmd incident.Command, a Act) bool {
	w.tb.Helper()
	a.fill()
	c := a.context()
	if events, err := incident.Decide(w.of(id).state, cmd, c); err != nil || len(events) == 0 {
		return false
	}
	w.Do(id, cmd, a)
	return true
}

// Random records so many random acts on several incidents at once: of every kind,
// private ones among them, back in time, edited, hidden, redacted and merged. The
// same source gives the same acts.
func (w *Writer) Random(r *rand.Rand, acts int) {
	w.tb.Helper()
	var ids []incident.ID
	for n := 0; n < acts; {
		if len(ids) == 0 || r.IntN(12) == 0 {
			ids = append(ids, w.Declare(randomDeclaration(r), Act{Actor: someone(r)}))
			n++
			continue
		}
		id := ids[r.IntN(len(ids))]
		if r.IntN(10) == 0 {
			if w.redactSome(r, id) {
				n++
			}
			continue
		}
		act := Act{Actor: someone(r)}
		if r.IntN(4) == 0 {
			act.Now = time.Now()
			act.Happened = act.Now.Add(-time.Duration(r.IntN(7200)) * time.Second)
		}
		if w.Try(id, randomCommand(r, w.Revision(id), ids[r.IntN(len(ids))]), act) {
			n++
		}
	}
}

// redactSome redacts an entry that holds content and was not redacted before.
func (w *Writer) redactSome(r *rand.Rand, id incident.ID) bool {
	w.tb.Helper()
	entry := 1 + r.Uint64N(w.Revision(id))
	a := Act{}
	a.fill()
	events, err := incident.Decide(w.of(id).state, incident.RedactEntry{Entry: entry, ReasonCode: "secret"}, a.context())
	k := w.of(id)
	if err != nil || len(events) != 1 || k.redacted[entry] {
		return false
	}
	if k.redacted == nil {
		k.redacted = make(map[uint64]bool)
	}
	k.redacted[entry] = true
	w.Redact(id, entry, a)
	return true
}

func someone(r *rand.Rand) incident.PersonID {
	return incident.PersonID([]string{"ada", "bob", "eve"}[r.IntN(3)])
}

func words(r *rand.Rand) string {
	all := []string{"zebra", "giraffe", "lion", "checkout", "database", "rollback", "ä☃", "*bold*"}
	text := []string{"the"}
	for range 1 + r.IntN(8) {
		text = append(text, all[r.IntN(len(all))])
	}
	return fmt.Sprint(strings.Join(text, " "), " ", r.IntN(1000))
}

func randomDeclaration(r *rand.Rand) incident.Declare {
	return incident.Declare{
		Title: words(r), Summary: words(r), Severity: incident.Severity(r.IntN(4)), Private: r.IntN(4) == 0, Drill: r.IntN(8) == 0,
		Services: []string{"checkout", "search"}[:r.IntN(3)],
	}
}

// randomCommand is a command that may or may not be possible.
func randomCommand(r *rand.Rand, revision uint64, other incident.ID) incident.Command {
	entry := 1 + r.Uint64N(revision)
	components := []incident.ComponentImpact{{Component: "cart", Status: incident.ComponentStatus(1 + r.IntN(4))}}
	commands := []incident.Command{
		incident.AddNote{Text: words(r), Author: []string{"", "a customer"}[r.IntN(2)], Label: []string{"", "hypothesis"}[r.IntN(2)]},
		incident.AddNote{Text: words(r)},
		incident.PostUpdate{Text: words(r)},
		incident.EditEntry{Entry: entry, Text: words(r)},
		incident.EditEntry{Entry: entry, Text: words(r), Reason: words(r)},
		incident.PinEntry{Entry: entry, Pinned: r.IntN(3) > 0},
		incident.HideEntry{Entry: entry, Hidden: r.IntN(3) > 0, Reason: words(r)},
		incident.Acknowledge{},
		incident.ChangeSeverity{To: incident.Severity(1 + r.IntN(3)), Reason: words(r)},
		incident.ChangeStatus{To: incident.Status(1 + r.IntN(4))},
		incident.AssignRole{Role: incident.Role(1 + r.IntN(4)), Person: someone(r)},
		incident.PublishUpdate{UpdateID: fmt.Sprint("u", revision), Status: incident.StatusIdentified, Message: words(r), Title: words(r), Components: components},
		incident.RetractUpdate{UpdateID: fmt.Sprint("u", entry), Reason: words(r)},
		incident.SetImpact{Components: components},
		incident.LinkAlert{AlertID: incident.AlertID(fmt.Sprint("alert", revision)), Title: words(r), URL: "https://example.org"},
		incident.RecordClock{
			Run:       incident.ClockRun{Clock: "task", Subject: "T1", Start: entry},
			Threshold: incident.ClockThreshold(1 + r.IntN(3)), Due: time.Unix(1_800_000_000, 0),
		},
		incident.RecordLegalEvent{Regime: "nis2", Event: incident.LegalEvent(1 + r.IntN(3)), Note: []string{"", words(r)}[r.IntN(2)]},
		incident.RecordCheck{
			CheckKey: incident.CheckKey{Run: words(r), Service: "checkout", Metric: "m"},
			CheckResult: incident.CheckResult{
				Kind: incident.MetricTraffic, Verdict: incident.CheckUnusual, From: time.Unix(1_700_000_000, 0), Until: time.Unix(1_700_003_600, 0),
				Title: words(r), Query: words(r), Reason: words(r), Trend: incident.TrendWorse, Value: incident.Measured{Value: 1, Known: true},
				Now: []incident.CheckPoint{{Value: 1}},
			},
		},
		incident.RecordCommand{Command: words(r), Output: words(r), ExitCode: int32(r.IntN(3))},
		incident.Mitigate{Summary: words(r)},
		incident.Resolve{Summary: words(r)},
		incident.Reopen{Reason: words(r)},
		incident.Close{},
		incident.Merge{Into: other, Reason: words(r), TargetExists: true},
	}
	commands = append(commands, workCommands(r)...)
	commands = append(commands, investigation(r)...)
	return commands[r.IntN(len(commands))]
}

// investigation are commands of the search for the cause.
func investigation(r *rand.Rand) []incident.Command {
	h := uint64(1 + r.IntN(3))
	return []incident.Command{
		incident.AddHypothesis{Text: words(r), Because: words(r), Eliminate: words(r)},
		incident.TestHypothesis{Hypothesis: h, Text: words(r)},
		incident.ConfirmHypothesis{Hypothesis: h, Reason: words(r)},
		incident.EliminateHypothesis{Hypothesis: h, Reason: words(r)},
		incident.ReopenHypothesis{Hypothesis: h, Reason: words(r)},
		incident.Assess{Trend: incident.Trend(1 + r.IntN(3)), Reason: words(r)},
		incident.MakeDecision{Choice: incident.FixForward, Reason: words(r), Options: []string{words(r)}},
		incident.StartImpact{Reason: words(r)},
		incident.EndImpact{Reason: words(r)},
		incident.ChangeCategory{To: []string{"change", "capacity"}[r.IntN(2)]},
		incident.RelateIncident{Other: "inc-7", Relation: incident.Relation(h), OtherExists: true},
		incident.UnrelateIncident{Other: "inc-7", OtherExists: true},
		incident.SetBlastRadius{Services: []string{"checkout"}, Customers: r.Uint64N(3), CustomerNames: []string{words(r)}, Text: words(r)},
	}
}

// drafts are events as they are recorded.
func drafts(events []incident.Event, a Act) ([]chain.Draft, error) {
	out := make([]chain.Draft, len(events))
	for i, e := range events {
		var err error
		if out[i], err = record.Encode(e); err != nil {
			return nil, err
		}
		out[i].Actor, out[i].OccurredAt = string(a.Actor), a.context().When()
	}
	return out, nil
}

// fill completes an act.
func (a *Act) fill() {
	if a.Actor == "" {
		a.Actor = "ada"
	}
	if a.Now.IsZero() {
		a.Now = time.Now()
	}
}

// context is what the domain knows of an act: everything is allowed.
func (a *Act) context() incident.Context {
	return incident.Context{Actor: a.Actor, Authority: incident.Admin, Now: a.Now, OccurredAt: a.Happened}
}
