package write

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// commandOf turns a request into the domain's command. It is the only place that
// knows both. Merge's facts about the other incident are not looked up here.
func commandOf(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.AcknowledgeIncidentRequest:
		return incident.Acknowledge{Reason: r.GetReason()}, nil
	case *incidentv1.ChangeSeverityRequest:
		return incident.ChangeSeverity{To: incident.Severity(r.GetSeverity()), Reason: r.GetReason()}, nil
	case *incidentv1.ChangeStatusRequest:
		return incident.ChangeStatus{To: incident.Status(r.GetStatus()), Reason: r.GetReason()}, nil
	case *incidentv1.MitigateIncidentRequest:
		return incident.Mitigate{Summary: r.GetSummary()}, nil
	case *incidentv1.ResolveIncidentRequest:
		return incident.Resolve{Summary: r.GetSummary(), Automatic: r.GetAutomatic()}, nil
	case *incidentv1.ReopenIncidentRequest:
		return incident.Reopen{Reason: r.GetReason()}, nil
	case *incidentv1.CloseIncidentRequest:
		return incident.Close{Reason: r.GetReason()}, nil
	case *incidentv1.CancelIncidentRequest:
		return incident.Cancel{Reason: r.GetReason()}, nil
	case *incidentv1.MergeIncidentRequest:
		return incident.Merge{Reason: r.GetReason()}, nil
	case *incidentv1.PostUpdateRequest:
		return incident.PostUpdate{Text: r.GetText(), Author: r.GetAuthor()}, nil
	case *incidentv1.AddNoteRequest:
		return incident.AddNote{Text: r.GetText(), Label: r.GetLabel(), Author: r.GetAuthor()}, nil
	}
	for _, of := range []func(proto.Message, names) (incident.Command, error){
		roleCommand, publicCommand, workCommand, investigationCommand, clockCommand,
	} {
		if c, err := of(req, n); c != nil || err != nil {
			return c, err
		}
	}
	if c := entryCommand(req); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("no command for %s", req.ProtoReflect().Descriptor().FullName())
}

func roleCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.AssignRoleRequest:
		person, err := n.person("person", r.GetPerson())
		if err != nil {
			return nil, err
		}
		return incident.AssignRole{Role: incident.Role(r.GetRole()), Person: person}, nil
	case *incidentv1.HandOverRoleRequest:
		person, err := n.person("person", r.GetPerson())
		if err != nil {
			return nil, err
		}
		return incident.HandOverRole{Role: incident.Role(r.GetRole()), To: person, Summary: r.GetSummary()}, nil
	case *incidentv1.ReleaseRoleRequest:
		return incident.ReleaseRole{Role: incident.Role(r.GetRole())}, nil
	}
	return nil, nil
}

func publicCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.SetImpactRequest:
		impacts := impactsOf(r.GetComponents())
		return incident.SetImpact{Components: impacts}, n.components(impacts)
	case *incidentv1.PublishUpdateRequest:
		impacts := impactsOf(r.GetComponents())
		if err := n.components(impacts); err != nil {
			return nil, err
		}
		return incident.PublishUpdate{
			UpdateID: r.GetUpdateId(), Pages: r.GetPages(), Status: incident.Status(r.GetStatus()),
			Message: r.GetMessage(), Title: r.GetTitle(), Components: impacts, NextUpdate: timeOf(r.GetNextUpdateTime()),
			Impact: r.GetImpact(), SourceStatus: r.GetSourceStatus(),
		}, n.check("status_page", "pages", r.GetPages())
	case *incidentv1.RetractUpdateRequest:
		return incident.RetractUpdate{UpdateID: r.GetUpdateId(), Reason: r.GetReason()}, nil
	}
	return nil, nil
}

func entryCommand(req proto.Message) incident.Command {
	switch r := req.(type) {
	case *incidentv1.EditEntryRequest:
		return incident.EditEntry{Entry: r.GetEntry(), Text: r.GetText(), Reason: r.GetReason()}
	case *incidentv1.PinEntryRequest:
		return incident.PinEntry{Entry: r.GetEntry(), Pinned: r.GetPinned()}
	case *incidentv1.HideEntryRequest:
		return incident.HideEntry{Entry: r.GetEntry(), Hidden: r.GetHidden(), Reason: r.GetReason()}
	case *incidentv1.RedactEntryRequest:
		return incident.RedactEntry{Entry: r.GetEntry(), ReasonCode: r.GetReasonCode(), Reason: r.GetReason()}
	case *incidentv1.LinkAlertRequest:
		return incident.LinkAlert{
			AlertID: incident.AlertID(r.GetAlertId()), Fingerprint: r.GetFingerprint(), Source: r.GetSource(),
			Title: incident.Sanitize(r.GetTitle()), URL: incident.Sanitize(r.GetUrl()),
		}
	}
	return nil
}

// declareOf is the command of a declaration, but for the number.
func declareOf(r *incidentv1.DeclareIncidentRequest) incident.Declare {
	c := incident.Declare{
		Title: r.GetTitle(), Summary: r.GetSummary(), Severity: incident.Severity(r.GetSeverity()),
		Kind: incident.Kind(r.GetKind()), Private: r.GetPrivate(), Drill: r.GetDrill(),
		Category: r.GetCategory(), Origin: incident.Origin(r.GetOrigin()), Services: r.GetServices(), AlertID: incident.AlertID(r.GetAlertId()),
		ScheduledStart: timeOf(r.GetScheduled().GetStartTime()), ScheduledEnd: timeOf(r.GetScheduled().GetEndTime()),
		External: incident.ExternalReference{
			System: r.GetExternal().GetSystem(), ID: r.GetExternal().GetId(), URL: r.GetExternal().GetUrl(),
		},
	}
	if r.GetTriage() {
		c.Status = incident.StatusTriage
	}
	return c
}

func impactsOf(components []*incidentv1.ComponentImpact) []incident.ComponentImpact {
	var impacts []incident.ComponentImpact
	for _, c := range components {
		impacts = append(impacts, incident.ComponentImpact{
			Component: c.GetComponent(), Status: incident.ComponentStatus(c.GetStatus()),
		})
	}
	return impacts
}

// timeOf reads a time; absent is the zero time.
func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
