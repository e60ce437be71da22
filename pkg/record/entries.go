package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitEntryEdited(v incident.EntryEdited) {
	e.facts = &incidentv1.EntryEditedFacts{Entry: v.Entry}
	e.content = &incidentv1.EntryEditedContent{Text: v.Text, Reason: v.Reason}
}

func entryEdited(f *incidentv1.EntryEditedFacts, c *incidentv1.EntryEditedContent) incident.EntryEdited {
	return incident.EntryEdited{Entry: f.Entry, Text: c.Text, Reason: c.Reason}
}

func (e *encoder) VisitEntryPinned(v incident.EntryPinned) {
	e.facts = &incidentv1.EntryPinnedFacts{Entry: v.Entry, Pinned: v.Pinned}
}

func entryPinned(f *incidentv1.EntryPinnedFacts) incident.EntryPinned {
	return incident.EntryPinned{Entry: f.Entry, Pinned: f.Pinned}
}

func (e *encoder) VisitEntryHidden(v incident.EntryHidden) {
	e.facts = &incidentv1.EntryHiddenFacts{Entry: v.Entry, Hidden: v.Hidden}
	e.content = &incidentv1.EntryHiddenContent{Reason: v.Reason}
}

func entryHidden(f *incidentv1.EntryHiddenFacts, c *incidentv1.EntryHiddenContent) incident.EntryHidden {
	return incident.EntryHidden{Entry: f.Entry, Hidden: f.Hidden, Reason: c.Reason}
}

func (e *encoder) VisitEntryRedacted(v incident.EntryRedacted) {
	e.facts = &incidentv1.EntryRedactedFacts{Entry: v.Entry, ReasonCode: v.ReasonCode}
	e.content = &incidentv1.EntryRedactedContent{Reason: v.Reason}
}

func entryRedacted(f *incidentv1.EntryRedactedFacts, c *incidentv1.EntryRedactedContent) incident.EntryRedacted {
	return incident.EntryRedacted{Entry: f.Entry, ReasonCode: f.ReasonCode, Reason: c.Reason}
}
