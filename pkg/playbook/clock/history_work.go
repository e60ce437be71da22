package clock

import (
	"slices"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// VisitTaskAdded implements [incident.Visitor].
func (f *folding) VisitTaskAdded(e incident.TaskAdded) {
	f.facts.Tasks = f.added(f.facts.Tasks, incident.ItemName(e), e.Due)
}

// VisitTaskAssigned implements [incident.Visitor].
func (f *folding) VisitTaskAssigned(e incident.TaskAssigned) {
	f.facts.Tasks = changed(f.facts.Tasks, incident.ItemName(e), func(i *Item) { i.Due = e.Due })
}

// VisitTaskEnded implements [incident.Visitor].
func (f *folding) VisitTaskEnded(e incident.TaskEnded) {
	f.facts.Tasks = f.ended(f.facts.Tasks, incident.ItemName(e), e.Outcome)
}

// VisitFollowUpAdded implements [incident.Visitor].
func (f *folding) VisitFollowUpAdded(e incident.FollowUpAdded) {
	f.facts.FollowUps = f.added(f.facts.FollowUps, incident.ItemName(e), e.Due)
}

// VisitReviewScheduled implements [incident.Visitor]: it is a follow-up.
func (f *folding) VisitReviewScheduled(e incident.ReviewScheduled) {
	f.facts.FollowUps = f.added(f.facts.FollowUps, incident.ItemName(e), e.Due)
}

// VisitFollowUpRevised implements [incident.Visitor].
func (f *folding) VisitFollowUpRevised(e incident.FollowUpRevised) {
	f.facts.FollowUps = changed(f.facts.FollowUps, incident.ItemName(e), func(i *Item) { i.Due = e.Due })
}

// VisitFollowUpEnded implements [incident.Visitor].
func (f *folding) VisitFollowUpEnded(e incident.FollowUpEnded) {
	f.facts.FollowUps = f.ended(f.facts.FollowUps, incident.ItemName(e), e.Outcome)
}

// VisitDebriefAdded implements [incident.Visitor]: the first one counts.
func (f *folding) VisitDebriefAdded(incident.DebriefAdded) {
	if f.facts.Debriefed.Never() || f.now.At.Before(f.facts.Debriefed.At) {
		f.facts.Debriefed = f.now
	}
}

// VisitPostmortemStateChanged implements [incident.Visitor]: one that goes back for
// more work is not published any more.
func (f *folding) VisitPostmortemStateChanged(e incident.PostmortemStateChanged) {
	switch {
	case e.To < incident.PostmortemPublished:
		f.facts.PostmortemPublished = Moment{}
	case f.facts.PostmortemPublished.Never():
		f.facts.PostmortemPublished = f.now
	}
}

// VisitPostmortemAssigned implements [incident.Visitor].
func (f *folding) VisitPostmortemAssigned(incident.PostmortemAssigned) {}

// VisitChecklistStarted implements [incident.Visitor].
func (f *folding) VisitChecklistStarted(incident.ChecklistStarted) {}

// VisitChecklistItemTicked implements [incident.Visitor].
func (f *folding) VisitChecklistItemTicked(incident.ChecklistItemTicked) {}

// VisitStabilityConfirmed implements [incident.Visitor].
func (f *folding) VisitStabilityConfirmed(incident.StabilityConfirmed) {}

// VisitVisibilityChanged implements [incident.Visitor].
func (f *folding) VisitVisibilityChanged(incident.VisibilityChanged) {}

// VisitMemberAdded implements [incident.Visitor].
func (f *folding) VisitMemberAdded(incident.MemberAdded) {}

// VisitMemberRemoved implements [incident.Visitor].
func (f *folding) VisitMemberRemoved(incident.MemberRemoved) {}

// added returns items with one more. Others may hold the items: they are copied.
func (f *folding) added(items []Item, id string, due time.Time) []Item {
	return append(slices.Clip(items), Item{ID: id, Created: f.now, Due: due})
}

// ended returns items with one ended, unless it was so before.
func (f *folding) ended(items []Item, id string, outcome incident.Outcome) []Item {
	return changed(items, id, func(i *Item) {
		switch {
		case !i.Done.Never() || !i.Dropped.Never():
		case outcome == incident.Dropped:
			i.Dropped = f.now
		default:
			i.Done = f.now
		}
	})
}

// changed returns items with one changed; one that is not there is passed over.
func changed(items []Item, id string, change func(*Item)) []Item {
	at := slices.IndexFunc(items, func(i Item) bool { return i.ID == id })
	if at < 0 {
		return items
	}
	items = slices.Clone(items)
	change(&items[at])
	return items
}
