package record

import (
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (e *encoder) VisitImpactChanged(v incident.ImpactChanged) {
	e.facts = &incidentv1.ImpactChangedFacts{Components: componentsToProto(v.Components)}
}

func impactChanged(f *incidentv1.ImpactChangedFacts) incident.ImpactChanged {
	return incident.ImpactChanged{Components: components(f.Components)}
}

func (e *encoder) VisitPublicUpdatePublished(v incident.PublicUpdatePublished) {
	e.facts = &incidentv1.PublicUpdatePublishedFacts{
		UpdateId: v.UpdateID, Pages: v.Pages, Status: incidentv1.Status(v.Status),
		Components: componentsToProto(v.Components), NextUpdateUs: micros(v.NextUpdate),
		Impact: v.Impact, SourceStatus: v.SourceStatus,
	}
	e.content = &incidentv1.PublicUpdatePublishedContent{Message: v.Message, Title: v.Title}
}

func publicUpdatePublished(
	f *incidentv1.PublicUpdatePublishedFacts, c *incidentv1.PublicUpdatePublishedContent,
) incident.PublicUpdatePublished {
	return incident.PublicUpdatePublished{
		UpdateID: f.UpdateId, Pages: f.Pages, Status: term[incident.Status](f.Status),
		Message: c.Message, Title: c.Title, Components: components(f.Components),
		NextUpdate: instant(f.NextUpdateUs), Impact: f.Impact, SourceStatus: f.SourceStatus,
	}
}

func (e *encoder) VisitPublicUpdateRetracted(v incident.PublicUpdateRetracted) {
	e.facts = &incidentv1.PublicUpdateRetractedFacts{UpdateId: v.UpdateID}
	e.content = &incidentv1.PublicUpdateRetractedContent{Reason: v.Reason}
}

func publicUpdateRetracted(
	f *incidentv1.PublicUpdateRetractedFacts, c *incidentv1.PublicUpdateRetractedContent,
) incident.PublicUpdateRetracted {
	return incident.PublicUpdateRetracted{UpdateID: f.UpdateId, Reason: c.Reason}
}

func componentsToProto(in []incident.ComponentImpact) []*incidentv1.ComponentImpact {
	if len(in) == 0 {
		return nil
	}
	out := make([]*incidentv1.ComponentImpact, len(in))
	for i, ci := range in {
		out[i] = &incidentv1.ComponentImpact{Component: ci.Component, Status: incidentv1.ComponentStatus(ci.Status)}
	}
	return out
}

func components(in []*incidentv1.ComponentImpact) []incident.ComponentImpact {
	if len(in) == 0 {
		return nil
	}
	out := make([]incident.ComponentImpact, len(in))
	for i, ci := range in {
		out[i] = incident.ComponentImpact{Component: ci.Component, Status: term[incident.ComponentStatus](ci.Status)}
	}
	return out
}
