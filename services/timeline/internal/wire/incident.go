package wire

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Incident returns an incident without names; see [Names.Incident].
func Incident(i *view.Incident) *timelinev1.Incident {
	out := &timelinev1.Incident{
		Id: string(i.ID), Number: i.Number, Name: Name(i.Number), Title: i.Title, Summary: i.Summary,
		Severity: incidentv1.Severity(i.Severity), Status: incidentv1.Status(i.Status),
		Private: i.Private, Drill: i.Drill, Origin: incidentv1.Origin(i.Origin), Kind: incidentv1.IncidentKind(i.Kind),
		Services: i.Services, Impact: components(i.Impact), DeclaredBy: string(i.Declarer),
		AcknowledgedBy: string(i.Acknowledger),
		DeclaredTime:   stamp(i.DeclaredAt), AcknowledgedTime: stamp(i.AcknowledgedAt),
		MitigatedTime: stamp(i.MitigatedAt), ResolvedTime: stamp(i.ResolvedAt), ClosedTime: stamp(i.ClosedAt),
		UpdatedTime: stamp(i.UpdatedAt), MergedInto: string(i.MergedInto),
		Revision: i.Revision, Etag: Etag(i.Revision),
	}
	if i.External.ID != "" || i.External.System != "" {
		out.External = &incidentv1.ExternalReference{System: i.External.System, Id: i.External.ID, Url: i.External.URL}
	}
	for _, r := range i.Roles {
		out.Roles = append(out.Roles, &timelinev1.RoleHolder{
			Role: incidentv1.Role(r.Role), Person: string(r.Person), SinceTime: stamp(r.Since),
		})
	}
	for _, u := range i.Updates {
		out.PublicUpdates = append(out.PublicUpdates, publicUpdate(u))
	}
	for _, a := range i.Alerts {
		out.Alerts = append(out.Alerts, &timelinev1.LinkedAlert{
			Id: string(a.ID), Fingerprint: a.Fingerprint, Source: a.Source, Title: a.Title, Url: a.URL,
		})
	}
	work(out, i)
	afterwards(out, i)
	investigate(out, i)
	return out
}

// Brief takes away what lists and watches leave out.
func Brief(i *timelinev1.Incident) *timelinev1.Incident {
	i.PublicUpdates, i.Alerts = nil, nil
	briefWork(i)
	i.Hypotheses, i.Assessments, i.Decisions, i.BlastRadii, i.Related, i.Checks = nil, nil, nil, nil, nil, nil
	return i
}

// Name is what people call an incident, for example "INC-41".
func Name(number uint64) string { return "INC-" + strconv.FormatUint(number, 10) }

// Etag is that of an incident at a revision, as the write side makes it.
func Etag(revision uint64) string { return strconv.FormatUint(revision, 10) }

func publicUpdate(u view.PublicUpdate) *timelinev1.PublicUpdate {
	return &timelinev1.PublicUpdate{
		Id: u.ID, Status: incidentv1.Status(u.Status), Message: u.Message, Components: components(u.Components),
		PublishedTime: stamp(u.PublishedAt), NextUpdateTime: stamp(u.NextUpdate), Retracted: u.Retracted,
		Entry: u.Entry, Pages: u.Pages,
	}
}

func components(list []incident.ComponentImpact) []*incidentv1.ComponentImpact {
	var out []*incidentv1.ComponentImpact
	for _, c := range list {
		out = append(out, &incidentv1.ComponentImpact{Component: c.Component, Status: incidentv1.ComponentStatus(c.Status)})
	}
	return out
}

// stamp is nil for the zero time.
func stamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
