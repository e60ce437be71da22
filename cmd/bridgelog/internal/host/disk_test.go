package host

import (
	"testing"
	"time"
)

func TestAnAnswerIsRememberedForAWhile(t *testing.T) {
	now, asked, is := time.Now(), 0, true
	room := remembered(time.Second, func() time.Time { return now }, func() bool {
		asked++
		return is
	})
	for _, step := range []struct {
		later time.Duration
		is    bool // what is so by then
		want  bool
		asked int
	}{
		{0, true, true, 1},
		{time.Second - 1, false, true, 1},
		{1, false, false, 2},
		{time.Millisecond, true, false, 2},
		{time.Second, true, true, 3},
	} {
		now, is = now.Add(step.later), step.is
		if got := room(); got != step.want || asked != step.asked {
			t.Errorf("after %v: %v, asked %d times; want %v, %d", step.later, got, asked, step.want, step.asked)
		}
	}
}
