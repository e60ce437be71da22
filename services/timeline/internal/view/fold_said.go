package view

import (
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

func (f *folding) VisitUpdatePosted(e incident.UpdatePosted) {
	f.entry.Headline, f.entry.Text, f.entry.Author = "Update", e.Text, e.Author
}

func (f *folding) VisitNoteAdded(e incident.NoteAdded) {
	f.entry.Headline, f.entry.Text, f.entry.Label, f.entry.Author = "Note", e.Text, e.Label, e.Author
	if e.Label != "" {
		f.entry.Headline = titled(e.Label)
	}
}

func (f *folding) VisitImpactChanged(e incident.ImpactChanged) {
	impact := f.Incident.Impact
	for _, c := range e.Components {
		i, found := slices.BinarySearchFunc(impact, c.Component, func(c incident.ComponentImpact, name string) int {
			return strings.Compare(c.Component, name)
		})
		if found {
			impact[i] = c
		} else {
			impact = slices.Insert(impact, i, c)
		}
	}
	f.Incident.Impact = impact
	f.entry.Headline = "Impact: " + headlineComponents(e.Components)
}

func (f *folding) VisitAlertLinked(e incident.AlertLinked) {
	f.link(Alert{
		ID: e.AlertID, Entry: f.meta.Revision, Fingerprint: e.Fingerprint,
		Source: e.Source, Title: e.Title, URL: e.URL,
	})
	f.entry.Headline, f.entry.Text = "Alert linked", e.Title
	if e.Source != "" {
		f.entry.Headline += " from " + e.Source
	}
}

// link adds an alert, or what is now known of one that declared the incident.
func (v *View) link(a Alert) {
	i := slices.IndexFunc(v.Incident.Alerts, func(b Alert) bool { return b.ID == a.ID })
	switch {
	case i < 0:
		v.Incident.Alerts = append(v.Incident.Alerts, a)
	case v.Incident.Alerts[i].Entry == 0:
		v.Incident.Alerts[i] = a
	}
}
