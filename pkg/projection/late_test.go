package projection

import (
	"testing"
	"time"
)

func TestAViewIsLateWhenItLacksWhatIsOld(t *testing.T) {
	var r Runner
	now := time.Now()
	for _, step := range []struct {
		after          time.Duration
		position, head uint64
		want           uint64
	}{
		{0, 10, 10, 0},
		{2 * time.Second, 10, 50, 0},               // new
		{2 * time.Second, 45, 90, 0},               // follows
		{lateAfter - 2*time.Second, 49, 200, 151},  // lacks what was there at the second step
		{2 * time.Second, 90, 300, 0},              // holds what was there at the third
		{time.Hour, 300, 400, 0},                   // nothing was measured meanwhile
		{lateAfter - time.Nanosecond, 300, 400, 0}, // not yet
		{time.Nanosecond, 300, 400, 100},           // now
		{time.Second, 400, 400, 0},                 // caught up
	} {
		now = now.Add(step.after)
		r.late.note(now, step.position, step.head)
		if got := r.Late(); got != step.want {
			t.Errorf("at %d of %d: late by %d, want %d", step.position, step.head, got, step.want)
		}
	}
}
