package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitDeclared(v incident.Declared) {
	e.facts = &incidentv1.DeclaredFacts{
		Number: v.Number, Severity: incidentv1.Severity(v.Severity), Status: incidentv1.Status(v.Status),
		Private: v.Private, Drill: v.Drill, Origin: incidentv1.Origin(v.Origin), Services: v.Services,
		AlertId: string(v.AlertID), Kind: incidentv1.IncidentKind(v.Kind),
		ScheduledStartUs: micros(v.ScheduledStart), ScheduledEndUs: micros(v.ScheduledEnd),
		External: externalToProto(v.External), Category: v.Category,
	}
	e.content = &incidentv1.DeclaredContent{Title: v.Title, Summary: v.Summary}
}

func declared(f *incidentv1.DeclaredFacts, c *incidentv1.DeclaredContent) incident.Declared {
	return incident.Declared{
		Category: f.Category, Number: f.Number, Title: c.Title, Summary: c.Summary,
		Severity: term[incident.Severity](f.Severity), Status: term[incident.Status](f.Status),
		Kind: term[incident.Kind](f.Kind), Private: f.Private, Drill: f.Drill,
		Origin: term[incident.Origin](f.Origin), Services: f.Services, AlertID: incident.AlertID(f.AlertId),
		ScheduledStart: instant(f.ScheduledStartUs), ScheduledEnd: instant(f.ScheduledEndUs),
		External: incident.ExternalReference{
			System: f.External.GetSystem(), ID: f.External.GetId(), URL: f.External.GetUrl(),
		},
	}
}

// externalToProto leaves out a reference that names nothing.
func externalToProto(r incident.ExternalReference) *incidentv1.ExternalReference {
	if r == (incident.ExternalReference{}) {
		return nil
	}
	return &incidentv1.ExternalReference{System: r.System, Id: r.ID, Url: r.URL}
}
