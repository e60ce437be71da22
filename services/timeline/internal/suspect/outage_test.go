package suspect_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
	"github.com/bridgelog/bridgelog/services/timeline/internal/suspect"
)

// What third parties report counts most while it lasts at the start, also when it began
// long ago, or came to be said afterwards.
func TestOutagesOfThirdParties(t *testing.T) {
	start := time.Date(2026, 3, 1, 14, 0, 0, 0, time.UTC)
	q := suspect.Question{Start: start, Window: 24 * time.Hour, Ways: servicegraph.New(map[string][]string{"checkout": {"db-vendor"}}).Needs([]string{"checkout"})}
	for _, tt := range []struct {
		name         string
		began, ended time.Duration // since the start; 0 ended: it lasts
		service      string
		weight       int // 0: no suspect
		says         string
	}{
		{"lasts", -time.Hour, 0, "db-vendor", 75, "had begun 1 h 00 min before the start and is not over"},
		{"since days", -5 * 24 * time.Hour, 0, "db-vendor", 75, "5 days before"},
		{"over by now", -time.Hour, time.Hour, "db-vendor", 75, "was not over then"},
		{"its own", -time.Hour, 0, "checkout", 90, "is about checkout, which is affected"},
		{"told late", 20 * time.Minute, 0, "db-vendor", 74, "was reported 20 min after the start; pages come late"},
		{"over shortly before", -2 * time.Hour, -time.Minute, "db-vendor", 74, "was over 1 min before the start"},
		{"over long before", -30 * time.Hour, -25 * time.Hour, "db-vendor", 0, ""},
		{"of others", -time.Hour, 0, "mail", 0, ""},
	} {
		c := suspect.Change{ID: "c", Kind: change.Outage, Service: tt.service, Began: start.Add(tt.began), Says: "ACME reports partial outage of Storage since 13:00"}
		if tt.ended != 0 {
			c.Ended = start.Add(tt.ended)
		}
		got := suspect.Rank(q, []suspect.Change{c}, nil)
		if tt.weight == 0 {
			if len(got) != 0 {
				t.Errorf("%s: suspected %+v", tt.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Weight != tt.weight || got[0].Reasons[0] != c.Says || !strings.Contains(strings.Join(got[0].Reasons, "|"), tt.says) {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
	over := q
	over.End = start.Add(time.Hour)
	after := suspect.Change{ID: "c", Kind: change.Outage, Service: "db-vendor", Began: start.Add(2 * time.Hour)}
	if got := suspect.Rank(over, []suspect.Change{after}, nil); len(got) != 0 {
		t.Errorf("after the incident was over: %+v", got)
	}
	nameless := suspect.Question{Start: start, Window: time.Hour}
	if got := suspect.Rank(nameless, []suspect.Change{{Kind: change.Outage, Service: "db-vendor", Began: start}}, nil); len(got) != 0 {
		t.Errorf("of an incident that names no service: %+v", got)
	}
}
