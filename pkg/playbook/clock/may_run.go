package clock

import "slices"

// MayRun reports whether a clock may run or be overdue under some policy. False
// means that none does, whatever a policy says, until something else happens.
func (f Facts) MayRun() bool {
	if f.Declared.Never() {
		return false
	}
	open := func(i Item) bool { return !i.Due.IsZero() && i.Done.Never() && i.Dropped.Never() }
	lives := f.Ended.Never() && (f.Closed.Never() || f.Debriefed.Never() || f.PostmortemPublished.Never())
	return lives || len(f.Marks) > 0 || slices.ContainsFunc(f.FollowUps, open) || slices.ContainsFunc(f.Tasks, open)
}
