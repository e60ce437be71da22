package incident

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// MaxEarlier bounds the earlier incidents that a review names.
const MaxEarlier = 20

// ScheduleReview asks for a review of this incident together with earlier ones of
// the same category, since it came again. It is for the service that compares
// incidents: rules know only one. A review of an incident is scheduled once for each
// category that it has or had; again is no event and no error. Practice, planned work
// and false alarms are refused.
type ScheduleReview struct {
	Category string // the one that the incident has
	// Earlier are the other incidents, newest first, 1 to MaxEarlier of them.
	Earlier []ID
	Window  time.Duration // within which they happened; positive
	Due     time.Time     // by when the review is to be held
}

// ReviewScheduled says that the same kind of cause came again, and adds the follow-up
// to review the incidents together.
type ReviewScheduled struct {
	FollowUp uint64 // its number, as in F1
	Category string
	Earlier  []ID // newest first
	Window   time.Duration
	Due      time.Time
}

// Name returns "schedule_review".
func (ScheduleReview) Name() string { return "schedule_review" }

func (c ScheduleReview) decide(s State, _ Context) ([]Event, error) {
	if err := c.check(s); err != nil {
		return nil, err
	}
	if s.ReviewScheduled(c.Category) {
		return nil, nil
	}
	switch {
	case s.Category != c.Category:
		return nil, wrongState("category_changed", fmt.Sprintf("the category of the incident is %q by now", s.Category))
	case s.Drill || s.Kind == Maintenance || s.FalseAlarm:
		return nil, wrongState("not_counted", "practice, planned work and false alarms ask for no review")
	}
	if err := followUpKind().checkRoom(s.followUps); err != nil {
		return nil, err
	}
	return []Event{ReviewScheduled{
		FollowUp: s.followUps.next(), Category: c.Category, Earlier: slices.Clone(c.Earlier), Window: c.Window.Truncate(time.Microsecond), Due: stamp(c.Due),
	}}, nil
}

func (c ScheduleReview) check(s State) error {
	switch {
	case len(c.Earlier) == 0:
		return invalid("earlier", "required", "earlier is empty: name the incidents that happened before")
	case len(c.Earlier) > MaxEarlier:
		return tooMany("earlier", len(c.Earlier), MaxEarlier)
	case c.Window < time.Microsecond:
		return invalid("window", "required", "window is missing: say within which time the incidents happened")
	case c.Due.IsZero():
		return invalid("due", "required", "due is missing")
	}
	for i, id := range c.Earlier {
		switch {
		case !id.Valid():
			return invalid("earlier", "not_an_id", "earlier does not name an incident")
		case id == s.ID || slices.Contains(c.Earlier[:i], id):
			return invalid("earlier", "twice", fmt.Sprintf("earlier names %s twice: an incident is compared with others, each once", id))
		}
	}
	return firstError(
		func() error { return checkName("category", c.Category, true) },
		func() error { return checkStorable("due", c.Due) },
	)
}

// conflicts: whoever compared incidents did not know what came since.
func (ScheduleReview) conflicts(_, _ State) bool { return true }

// ReviewScheduled reports whether a review was scheduled since the category came
// again.
func (s State) ReviewScheduled(category string) bool { return slices.Contains(s.reviews, category) }

// Text is what the follow-up says.
func (e ReviewScheduled) Text() string {
	again := "again"
	if days := int(e.Window.Hours() / 24); days > 0 {
		again = "again within " + strconv.Itoa(days) + " days"
	}
	return fmt.Sprintf("Review together what happened: the category %s came %s", e.Category, again)
}

// Type returns "incident.review_scheduled".
func (ReviewScheduled) Type() string { return "incident.review_scheduled" }

// Accept calls VisitReviewScheduled.
func (e ReviewScheduled) Accept(v Visitor) { v.VisitReviewScheduled(e) }

func (ReviewScheduled) traits() traits { return machine }

func (e ReviewScheduled) evolve(s State, m Meta) State {
	if !s.ReviewScheduled(e.Category) {
		s.reviews = append(slices.Clip(s.reviews), e.Category)
	}
	s.followUps = s.followUps.added(Item{
		Number: e.FollowUp, Entry: m.Revision, Due: e.Due, Type: FollowUpProcess, AddedAt: m.OccurredAt,
	})
	return s
}
