package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitUpdatePosted(v incident.UpdatePosted) {
	e.content = &incidentv1.UpdatePostedContent{Text: v.Text, Author: v.Author}
}

func updatePosted(c *incidentv1.UpdatePostedContent) incident.UpdatePosted {
	return incident.UpdatePosted{Text: c.Text, Author: c.Author}
}

func (e *encoder) VisitNoteAdded(v incident.NoteAdded) {
	e.facts = &incidentv1.NoteAddedFacts{Label: v.Label}
	e.content = &incidentv1.NoteAddedContent{Text: v.Text, Author: v.Author}
}

func noteAdded(f *incidentv1.NoteAddedFacts, c *incidentv1.NoteAddedContent) incident.NoteAdded {
	return incident.NoteAdded{Text: c.Text, Label: f.Label, Author: c.Author}
}

func (e *encoder) VisitAlertLinked(v incident.AlertLinked) {
	e.facts = &incidentv1.AlertLinkedFacts{AlertId: string(v.AlertID), Fingerprint: v.Fingerprint, Source: v.Source}
	e.content = &incidentv1.AlertLinkedContent{Title: v.Title, Url: v.URL}
}

func alertLinked(f *incidentv1.AlertLinkedFacts, c *incidentv1.AlertLinkedContent) incident.AlertLinked {
	return incident.AlertLinked{
		AlertID: incident.AlertID(f.AlertId), Fingerprint: f.Fingerprint, Source: f.Source, Title: c.Title, URL: c.Url,
	}
}
