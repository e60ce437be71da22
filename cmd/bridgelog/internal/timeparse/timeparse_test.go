package timeparse_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zone data: %v", err)
	}
	return zone
}

func TestParse(t *testing.T) {
	zone := berlin(t)
	now := time.Date(2026, 3, 29, 4, 0, 0, 0, zone) // two hours after the clocks went forward
	cases := map[string]time.Time{
		"now":                       now,
		" -10m ":                    now.Add(-10 * time.Minute),
		"10m ago":                   now.Add(-10 * time.Minute),
		"10 minutes ago":            now.Add(-10 * time.Minute),
		"10min ago":                 now.Add(-10 * time.Minute),
		"5 mins ago":                now.Add(-5 * time.Minute),
		"2hrs ago":                  now.Add(-2 * time.Hour),
		"an hour ago":               now.Add(-time.Hour),
		"1h30m ago":                 now.Add(-90 * time.Minute),
		"2d ago":                    now.Add(-48 * time.Hour),
		"-1w2d":                     now.Add(-9 * 24 * time.Hour),
		"03:59":                     time.Date(2026, 3, 29, 3, 59, 0, 0, zone),
		"04:00":                     now,
		"04:01":                     time.Date(2026, 3, 28, 4, 1, 0, 0, zone),
		"23:59:30":                  time.Date(2026, 3, 28, 23, 59, 30, 0, zone),
		"2026-03-01T14:05:00Z":      time.Date(2026, 3, 1, 14, 5, 0, 0, time.UTC),
		"2026-03-01T14:05:00.5Z":    time.Date(2026, 3, 1, 14, 5, 0, 5e8, time.UTC),
		"2026-03-01T14:05Z":         time.Date(2026, 3, 1, 14, 5, 0, 0, time.UTC),
		"2026-03-01T14:05:00+02:00": time.Date(2026, 3, 1, 12, 5, 0, 0, time.UTC),
		"2026-03-01 14:05":          time.Date(2026, 3, 1, 14, 5, 0, 0, zone),
		"2026-03-01":                time.Date(2026, 3, 1, 0, 0, 0, 0, zone),
	}
	for text, want := range cases {
		got, err := timeparse.Parse(text, now, zone)
		if err != nil || !got.Equal(want) {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	for _, text := range []string{
		"", "soon", "25:00", "14:60", "10", "10m", "--10m", "-0m", "0 minutes ago", "ago", " ago", "minutes ago", "10 fortnights ago",
		"2026-02-30", "0001-01-01T00:00:00Z", "99999999999w ago", "-999999999d", strings.Repeat("9", 500),
	} {
		if at, err := timeparse.Parse(text, now, time.UTC); !errors.Is(err, timeparse.ErrFormat) {
			t.Errorf("Parse(%q) = %v, %v; want ErrFormat", text, at, err)
		}
	}
}

func TestPastRefusesTheFuture(t *testing.T) {
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	if _, err := timeparse.Past("2026-03-01T14:00:01Z", now, time.UTC); !errors.Is(err, timeparse.ErrFuture) {
		t.Errorf("one second ahead: %v, want ErrFuture", err)
	}
	if at, err := timeparse.Past("2026-03-01T14:00:00Z", now, time.UTC); err != nil || !at.Equal(now) {
		t.Errorf("now itself = %v, %v", at, err)
	}
	if at, err := timeparse.Past("10m", now, time.UTC); err != nil || !at.Equal(now.Add(-10*time.Minute)) {
		t.Errorf("a length alone = %v, %v; want it ago", at, err)
	}
}

func TestAhead(t *testing.T) {
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"30m":                  now.Add(30 * time.Minute),
		"in 1h":                now.Add(time.Hour),
		"+2h":                  now.Add(2 * time.Hour),
		"15:30":                now.Add(90 * time.Minute),
		"14:00":                now.Add(24 * time.Hour),
		"2026-03-02T00:00:00Z": time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
	} {
		if got, err := timeparse.Ahead(text, now, time.UTC); err != nil || !got.Equal(want) {
			t.Errorf("Ahead(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-30m", "0m", "2026-02-01T00:00:00Z", "now"} {
		if at, err := timeparse.Ahead(text, now, time.UTC); err == nil {
			t.Errorf("Ahead(%q) = %v, want an error", text, at)
		}
	}
}

// FuzzParse holds what must be true of any text: no panic, a plausible year,
// and nothing that was accepted as past lies ahead.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"10m ago", "-1h30m", "14:05", "2026-03-01T14:05:00Z", "now", "1w2d ago", "in 5m"} {
		f.Add(seed)
	}
	now := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if at, err := timeparse.Past(text, now, time.UTC); err == nil && (at.After(now) || at.Year() < 1900) {
			t.Errorf("Past(%q) = %v", text, at)
		}
		if at, err := timeparse.Ahead(text, now, time.UTC); err == nil && !at.After(now) {
			t.Errorf("Ahead(%q) = %v", text, at)
		}
	})
}
