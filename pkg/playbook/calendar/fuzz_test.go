package calendar_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/playbook/calendar"
)

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{"09:30", "24:00", "00:00", "23:59", "9:30", "24:01", "-1:00", "", "aa:bb"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := calendar.ParseTime(text); err == nil && (at < 0 || at > 24*time.Hour || at%time.Minute != 0) {
			t.Errorf("%q is %v", text, at)
		}
	})
}
