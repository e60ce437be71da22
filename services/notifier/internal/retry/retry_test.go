package retry_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/retry"
)

func TestScheduleAddsUpToThreeDays(t *testing.T) {
	var total time.Duration
	for failed := 1; ; failed++ {
		wait, ok := retry.Next(failed, 0, func() float64 { return 0 })
		if !ok {
			if failed != 10 {
				t.Errorf("%d attempts, want 10", failed)
			}
			break
		}
		total += wait
	}
	if want := 75*time.Hour + 35*time.Minute + 5*time.Second; total != want {
		t.Errorf("the schedule takes %v, want %v", total, want)
	}
}

func TestNext(t *testing.T) {
	for name, c := range map[string]struct {
		after  time.Duration
		random float64
		want   time.Duration
	}{
		"as scheduled":                {0, 0, 5 * time.Second},
		"jitter only lengthens":       {0, 0.999, 5*time.Second + 999*time.Millisecond},
		"the receiver asks for more":  {time.Minute, 0, time.Minute},
		"the receiver asks for less":  {time.Second, 0, 5 * time.Second},
		"the receiver asks for years": {1e6 * time.Hour, 0, 24 * time.Hour},
	} {
		if got, ok := retry.Next(1, c.after, func() float64 { return c.random }); !ok || got.Round(time.Millisecond) != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestAfter(t *testing.T) {
	now := time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"120": 2 * time.Minute, " 5 ": 5 * time.Second, "Thu, 01 Jan 2026 10:01:00 GMT": time.Minute,
		"Thu, 01 Jan 2026 09:00:00 GMT": 0, "": 0, "-3": 0, "soon": 0, "99999999999999999999": 0,
	} {
		if got := retry.After(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

func FuzzAfter(f *testing.F) {
	f.Add("120")
	f.Fuzz(func(t *testing.T, header string) {
		if retry.After(header, time.Unix(0, 0)) < 0 {
			t.Fatalf("%q gives a negative wait", header)
		}
	})
}

func TestThrottle(t *testing.T) {
	none := func() float64 { return 0 }
	for name, c := range map[string]struct {
		failed int
		asked  time.Duration
		want   time.Duration
	}{
		"all is well":        {0, 0, 0},
		"two rounds":         {2, 0, 0},
		"three rounds":       {3, 0, 5 * time.Second},
		"five rounds":        {5, 0, 20 * time.Second},
		"very many":          {1000, 0, 5 * time.Minute},
		"the receiver asks":  {0, time.Minute, time.Minute},
		"it asks for less":   {5, time.Second, 20 * time.Second},
		"it asks for a year": {0, 365 * 24 * time.Hour, 24 * time.Hour},
	} {
		if got := retry.Throttle(c.failed, c.asked, none); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := retry.Throttle(3, 0, func() float64 { return 0.5 }); got != 5500*time.Millisecond {
		t.Errorf("with jitter: %v", got)
	}
}
