package view

import (
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitStabilityConfirmed(e incident.StabilityConfirmed) {
	f.Incident.StableAt = f.meta.OccurredAt
	f.entry.Headline, f.entry.Text = "Confirmed stable", e.Note
}

func (f *folding) VisitDebriefAdded(e incident.DebriefAdded) {
	if f.Incident.DebriefedAt.IsZero() {
		f.Incident.DebriefedAt = f.meta.OccurredAt
	}
	f.entry.Headline, f.entry.Text = "Debrief", e.Text
}

func (f *folding) VisitPostmortemAssigned(e incident.PostmortemAssigned) {
	p := &f.Incident.Postmortem
	p.Owner = e.Owner
	if p.State == incident.PostmortemNone {
		p.State, p.Since = incident.PostmortemDraft, f.meta.OccurredAt
	}
	f.entry.Headline = "Post-mortem for " + Mark(e.Owner)
	if e.Previous != "" {
		f.entry.Headline += ", before " + Mark(e.Previous)
	}
}

func (f *folding) VisitPostmortemStateChanged(e incident.PostmortemStateChanged) {
	f.Incident.Postmortem.State, f.Incident.Postmortem.Since = e.To, f.meta.OccurredAt
	f.entry.Headline = "Post-mortem " + strings.ReplaceAll(e.From.String()+" → "+e.To.String(), "_", " ")
}

func (f *folding) VisitVisibilityChanged(e incident.VisibilityChanged) {
	f.Incident.Private = e.Private
	if e.Private {
		f.join(f.meta.Actor)
	}
	f.entry.Headline = choose(e.Private, "Private from now on", "No longer private")
	f.entry.Text = e.Reason
}

func (f *folding) VisitMemberAdded(e incident.MemberAdded) {
	f.join(e.Person)
	f.entry.Headline = "Member: " + Mark(e.Person)
}

func (f *folding) VisitMemberRemoved(e incident.MemberRemoved) {
	f.Incident.Members = slices.DeleteFunc(f.Incident.Members, func(p incident.PersonID) bool { return p == e.Person })
	f.entry.Headline = "No longer a member: " + Mark(e.Person)
}

// Leader returns who leads: the commander or, until somebody has taken the role, the
// person who declared, and whether that is so; "" for nobody. It is the rule of
// [incident.State.Leader].
func (i *Incident) Leader() (leader incident.PersonID, declarer bool) {
	if c := i.Holder(incident.Commander); c != "" {
		return c, false
	}
	if !i.led && i.Origin == incident.OriginPerson {
		return i.Declarer, true
	}
	return "", false
}
