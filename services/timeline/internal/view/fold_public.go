package view

import "github.com/bridgelog/bridgelog/pkg/incident"

func (f *folding) VisitPublicUpdatePublished(e incident.PublicUpdatePublished) {
	f.Incident.Updates = append(f.Incident.Updates, PublicUpdate{
		ID: e.UpdateID, Entry: f.meta.Revision, Status: e.Status, Message: e.Message, Title: e.Title,
		Components: e.Components, Pages: e.Pages, PublishedAt: f.meta.OccurredAt, NextUpdate: e.NextUpdate,
	})
	f.entry.Headline, f.entry.Text = headlinePublished(e), e.Message
}

func (f *folding) VisitPublicUpdateRetracted(e incident.PublicUpdateRetracted) {
	for i := range f.Incident.Updates {
		if f.Incident.Updates[i].ID == e.UpdateID {
			f.Incident.Updates[i].Retracted = true
		}
	}
	f.entry.Headline, f.entry.Text = "Retracted what customers were told", e.Reason
}
