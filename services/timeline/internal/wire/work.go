package wire

import (
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// work adds the work on an incident and what comes after it.
func work(out *timelinev1.Incident, i *view.Incident) {
	for _, t := range i.Tasks {
		out.Tasks = append(out.Tasks, &timelinev1.Task{
			Number: t.Number, Name: t.Name, Text: t.Text, Owner: string(t.Owner), DueTime: stamp(t.Due),
			Outcome: incidentv1.Outcome(t.Outcome), EndedTime: stamp(t.EndedAt), AddedTime: stamp(t.AddedAt), Entry: t.Entry,
		})
	}
	for _, f := range i.FollowUps {
		out.FollowUps = append(out.FollowUps, &timelinev1.FollowUp{
			Number: f.Number, Name: f.Name, Text: f.Text, Owner: string(f.Owner), DueTime: stamp(f.Due),
			Outcome: incidentv1.Outcome(f.Outcome), EndedTime: stamp(f.EndedAt), AddedTime: stamp(f.AddedAt), Entry: f.Entry,
			Type: incidentv1.FollowUpType(f.Purpose), Priority: incidentv1.Priority(f.Priority), Tracker: f.Tracker,
		})
	}
}

// afterwards adds checklists, the post-mortem and who leads and may see.
func afterwards(out *timelinev1.Incident, i *view.Incident) {
	for _, c := range i.Checklists {
		list := &timelinev1.Checklist{Name: c.Name, Title: c.Title, Revision: c.Revision, StartedTime: stamp(c.StartedAt), Entry: c.Entry}
		for _, l := range c.Lines {
			list.Items = append(list.Items, &timelinev1.ChecklistLine{
				Id: l.Item, Text: l.Text, Ticked: l.Ticked, By: string(l.By), TickedTime: stamp(l.At), Note: l.Note,
			})
		}
		out.Checklists = append(out.Checklists, list)
	}
	out.StableTime, out.DebriefedTime = stamp(i.StableAt), stamp(i.DebriefedAt)
	if p := i.Postmortem; p.State != incident.PostmortemNone {
		out.Postmortem = &timelinev1.Postmortem{
			Owner: string(p.Owner), State: incidentv1.PostmortemState(p.State), SinceTime: stamp(p.Since),
		}
	}
	for _, r := range i.Reviews {
		review := &timelinev1.Review{
			Category: r.Category, Window: durationpb.New(r.Window), DueTime: stamp(r.Due), FollowUp: r.FollowUp, Entry: r.Entry,
		}
		for _, id := range r.Earlier {
			review.Earlier = append(review.Earlier, &timelinev1.ReviewedIncident{Id: string(id)})
		}
		out.Reviews = append(out.Reviews, review)
	}
	for _, m := range i.Members {
		out.Members = append(out.Members, &timelinev1.Member{Person: string(m)})
	}
	if leader, declarer := i.Leader(); leader != "" {
		out.Leader = &timelinev1.Leader{Person: string(leader), Declarer: declarer}
	}
}

// briefWork takes away what lists and watches leave out.
func briefWork(i *timelinev1.Incident) {
	i.Tasks, i.FollowUps, i.Checklists, i.Members, i.Reviews = nil, nil, nil, nil, nil
}

// work puts names into the work on an incident.
func (n Names) work(i *timelinev1.Incident) {
	for _, t := range i.GetTasks() {
		t.OwnerName = n.Of(incident.PersonID(t.GetOwner()))
	}
	for _, f := range i.GetFollowUps() {
		f.OwnerName = n.Of(incident.PersonID(f.GetOwner()))
	}
	for _, c := range i.GetChecklists() {
		for _, l := range c.GetItems() {
			l.ByName = n.Of(incident.PersonID(l.GetBy()))
		}
	}
	if p := i.GetPostmortem(); p != nil {
		p.OwnerName = n.Of(incident.PersonID(p.GetOwner()))
	}
	for _, m := range i.GetMembers() {
		m.Name = n.Of(incident.PersonID(m.GetPerson()))
	}
	if l := i.GetLeader(); l != nil {
		l.Name = n.Of(incident.PersonID(l.GetPerson()))
	}
}
