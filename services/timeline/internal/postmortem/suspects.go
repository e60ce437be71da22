package postmortem

import (
	"strings"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/incident"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// maxSuspects is how many suspects a document shows.
const maxSuspects = 20

// suspects writes what may have caused the incident, and which of it was decided about.
// Other incidents that are private stay out: more people read a post-mortem.
func (d *document) suspects() {
	if d.SuspectsUnread {
		d.line("What had changed could not be read when this was written; a post-mortem that is written later has it.")
		return
	}
	const truncated = "There were more changes and incidents in that time than were looked at, so that some may be missing here."
	var shown []*timelinev1.Suspect
	for _, s := range d.Suspects.GetSuspects() {
		if !s.GetIncident().GetPrivate() {
			shown = append(shown, s)
		}
	}
	r := d.Suspects
	if len(shown) == 0 {
		if r.GetTruncated() {
			d.line(truncated)
		}
		return
	}
	d.line("Proposed by the system from what was changed between %s and the %s at %s; the weight orders, and is no probability.\n",
		instant(r.GetSinceTime().AsTime()), Plain(r.GetStartFrom()), instant(r.GetStartTime().AsTime()))
	d.line("| Weight | When | What | Why | |\n|---|---|---|---|---|")
	for _, s := range shown[:min(len(shown), maxSuspects)] {
		d.suspect(s)
	}
	if more := len(shown) - maxSuspects; more > 0 {
		d.line("\nAnd %d more, of less weight.", more)
	}
	if r.GetTruncated() {
		d.line("\n" + truncated)
	}
}

func (d *document) suspect(s *timelinev1.Suspect) {
	at, what, decided := s.GetIncident().GetDeclaredTime().AsTime(), Plain(s.GetIncident().GetName()+" "+s.GetIncident().GetTitle()), ""
	if c := s.GetChange(); c != nil {
		at, what, decided = c.GetStartedTime().AsTime(), changeWords(c), d.decidedAbout(incident.ChangeID(c.GetId()))
	}
	d.line("| %d | %s | %s | %s | %s |", s.GetWeight(), instant(at), what, Plain(strings.Join(s.GetReasons(), "; ")), decided)
}

// changeWords say what a change is: "deployment of checkout: Release 412, failed".
func changeWords(c *signalv1.Change) string {
	kind := change.Kind(c.GetKind()).String()
	if kind == "" {
		kind = "change"
	}
	words := Plain(kind)
	if c.GetService() != "" {
		words += " of " + Plain(c.GetService())
	}
	switch {
	case c.GetTitle() != "":
		words += ": " + Plain(c.GetTitle())
	case c.GetRedacted():
		words += ": *redacted*"
	}
	if outcome := change.Outcome(c.GetOutcome()).String(); outcome != "" {
		words += ", " + outcome
	}
	return words
}

// decidedAbout names the decisions about a change.
func (d *document) decidedAbout(id incident.ChangeID) string {
	var names []string
	for i := range d.Incident.Decisions {
		if one := &d.Incident.Decisions[i]; one.Change == id && !d.hidden(one.Entry) {
			names = append(names, "decided about in "+incident.DecisionName(one.Number))
		}
	}
	return strings.Join(names, ", ")
}
