package write

import (
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// workCommand is commandOf for work and what comes after it; nil for any other
// request.
func workCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.AddTaskRequest:
		owner, err := n.owner(r.GetOwner())
		return incident.AddTask{Text: r.GetText(), Owner: owner, Due: timeOf(r.GetDueTime())}, err
	case *incidentv1.AssignTaskRequest:
		owner, err := n.owner(r.GetOwner())
		return incident.AssignTask{Task: r.GetTask(), Owner: owner, Due: timeOf(r.GetDueTime())}, err
	case *incidentv1.EndTaskRequest:
		return incident.EndTask{Task: r.GetTask(), Outcome: incident.Outcome(r.GetOutcome()), Note: r.GetNote()}, nil
	case *incidentv1.AddFollowUpRequest:
		owner, err := n.owner(r.GetOwner())
		return incident.AddFollowUp{
			Text: r.GetText(), Owner: owner, Type: incident.FollowUpType(r.GetType()), Priority: incident.Priority(r.GetPriority()),
			Due: timeOf(r.GetDueTime()), Tracker: r.GetTracker(),
		}, err
	case *incidentv1.ReviseFollowUpRequest:
		owner, err := n.owner(r.GetOwner())
		return incident.ReviseFollowUp{
			FollowUp: r.GetFollowUp(), Owner: owner, Type: incident.FollowUpType(r.GetType()), Priority: incident.Priority(r.GetPriority()),
			Due: timeOf(r.GetDueTime()), Tracker: r.GetTracker(),
		}, err
	case *incidentv1.EndFollowUpRequest:
		return incident.EndFollowUp{FollowUp: r.GetFollowUp(), Outcome: incident.Outcome(r.GetOutcome()), Note: r.GetNote()}, nil
	}
	return afterwardsCommand(req, n)
}

// afterwardsCommand is the rest of workCommand. What a checklist says is looked up
// elsewhere.
func afterwardsCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.StartChecklistRequest:
		return incident.StartChecklist{Checklist: r.GetChecklist()}, nil
	case *incidentv1.TickChecklistItemRequest:
		return incident.TickChecklistItem{Checklist: r.GetChecklist(), Item: r.GetItem(), Ticked: r.GetTicked(), Note: r.GetNote()}, nil
	case *incidentv1.ConfirmStabilityRequest:
		return incident.ConfirmStability{Note: r.GetNote()}, nil
	case *incidentv1.AddDebriefRequest:
		return incident.AddDebrief{Text: r.GetText()}, nil
	case *incidentv1.AssignPostmortemRequest:
		owner, err := n.person("owner", r.GetOwner())
		return incident.AssignPostmortem{Owner: owner}, err
	case *incidentv1.ChangePostmortemStateRequest:
		return incident.ChangePostmortemState{To: incident.PostmortemState(r.GetState())}, nil
	case *incidentv1.ChangeVisibilityRequest:
		return incident.ChangeVisibility{Private: r.GetPrivate(), Reason: r.GetReason()}, nil
	case *incidentv1.AddMemberRequest:
		person, err := n.person("person", r.GetPerson())
		return incident.AddMember{Person: person}, err
	case *incidentv1.RemoveMemberRequest:
		person, err := n.person("person", r.GetPerson())
		return incident.RemoveMember{Person: person}, err
	}
	return nil, nil //nolint:nilnil // documented: another request is no error here
}

// owner returns the opaque id of whoever does something; "" is nobody yet.
func (n names) owner(who string) (incident.PersonID, error) {
	if who == "" {
		return "", nil
	}
	return n.person("owner", who)
}
