package check_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bridgelog/bridgelog/pkg/check"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

const window = 90 * time.Minute

var from = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// each is a series of one point a minute.
func each(value func(minute int) float64) check.Series {
	var s check.Series
	for i := 0; i <= int(window.Minutes()); i++ {
		s = append(s, incident.CheckPoint{Offset: time.Duration(i) * time.Minute, Value: value(i)})
	}
	return s
}

func constant(v float64) check.Series { return each(func(int) float64 { return v }) }

// wavy goes up and down by a tenth round a value.
func wavy(v float64) check.Series {
	return each(func(i int) float64 { return v * (1 + 0.1*math.Sin(float64(i))) })
}

// fromMinute is before until a minute, and after from it on.
func fromMinute(minute int, before, after float64) check.Series {
	return each(func(i int) float64 {
		if i < minute {
			return before
		}
		return after
	})
}

func TestJudge(t *testing.T) {
	none := check.Series(nil)
	for _, tt := range []struct {
		name                     string
		q                        check.Question
		now, yesterday, lastWeek check.Series
		verdict                  incident.CheckVerdict
		began                    int // minute; -1 for none
		trend                    incident.Trend
		says                     string
	}{
		{"as usual", check.Question{}, wavy(100), wavy(100), wavy(95), incident.CheckNormal, -1, 0, "as usual: 85.6 to 110 at that time yesterday and last week"},
		{"a step up", check.Question{}, fromMinute(60, 100, 300), wavy(100), wavy(100), incident.CheckUnusual, 60, incident.TrendStable, "300 now, above what is usual: 90.1 to 110 at that time yesterday and last week, since 13:00 UTC"},
		{"a fall to nothing", check.Question{}, fromMinute(60, 100, 0), wavy(100), wavy(100), incident.CheckUnusual, 60, incident.TrendStable, "0 now, below what is usual"},
		{"a fall to nothing of what varies much", check.Question{}, fromMinute(60, 100, 0), each(func(i int) float64 { return float64(i + 10) }), wavy(50), incident.CheckUnusual, 60, incident.TrendStable, "below"},
		{"the good way", check.Question{Bad: check.Higher}, fromMinute(60, 100, 0), wavy(100), wavy(100), incident.CheckNormal, -1, 0, "below what is usual, which is not bad"},
		{"less traffic", check.Question{Bad: check.Lower}, fromMinute(60, 100, 500), wavy(100), wavy(100), incident.CheckNormal, -1, 0, "above what is usual, which is not bad"},
		{"growing", check.Question{}, each(func(i int) float64 { return 100 + math.Max(0, float64(i-30))*20 }), wavy(100), wavy(100), incident.CheckUnusual, 32, incident.TrendWorse, "above"},
		{"recovering", check.Question{}, each(func(i int) float64 {
			if i < 20 {
				return 100
			}
			return 2000 - float64(i-20)*20
		}), wavy(100), wavy(100), incident.CheckUnusual, 20, incident.TrendBetter, "above"},
		{"over", check.Question{}, each(func(i int) float64 {
			if i >= 40 && i < 50 {
				return 900
			}
			return 100
		}), wavy(100), wavy(100), incident.CheckUnusual, 40, incident.TrendBetter, "100 now, but was above what is usual: 90.1 to 110 at that time yesterday and last week until 12:49 UTC, since 12:40 UTC"},
		{"a spike is no excursion", check.Question{}, each(func(i int) float64 {
			if i == 40 {
				return 900
			}
			return 100
		}), wavy(100), wavy(100), incident.CheckNormal, -1, 0, "as usual"},
		{"before the window", check.Question{}, constant(300), wavy(100), wavy(100), incident.CheckUnusual, -1, incident.TrendStable, "already at the begin of the time that was looked at, 12:00 UTC"},
		{"no past", check.Question{}, wavy(100), none, none, incident.CheckUnknown, -1, 0, "104 now; there are no values of yesterday and last week to compare it with, and no limit was set"},
		{"only yesterday", check.Question{}, wavy(100), wavy(100), none, incident.CheckNormal, -1, 0, "yesterday, last week is not known"},
		{"only last week", check.Question{}, constant(300), none, wavy(100), incident.CheckUnusual, -1, incident.TrendStable, "last week, yesterday is not known"},
		{"a little of the past", check.Question{}, wavy(100), wavy(100)[:5], none, incident.CheckUnknown, -1, 0, "no values"},
		{"nothing now", check.Question{}, none, wavy(100), wavy(100), incident.CheckUnknown, -1, 0, "the query gave nothing in this time"},
		{"silent", check.Question{}, wavy(100)[:45], wavy(100), wavy(100), incident.CheckUnknown, -1, 0, "gives nothing since 12:44 UTC"},
		{"always nothing", check.Question{}, constant(0), constant(0), constant(0), incident.CheckNormal, -1, 0, "0 now, as usual: 0 at that time"},
		{"the first error", check.Question{Bad: check.Higher}, fromMinute(80, 0, 0.5), constant(0), constant(0), incident.CheckUnusual, 80, incident.TrendStable, "0.5 now, above what is usual: 0 at"},
		{"a counter", check.Question{}, each(func(i int) float64 { return 1e6 + float64(i) }), each(func(i int) float64 { return 5e5 + float64(i) }), none, incident.CheckUnknown, -1, 0, "it only grows, as it did before: ask for its rate"},
		{"a counter that began anew", check.Question{}, each(func(i int) float64 { return float64((i + 1) % 40 * 10) }), each(func(i int) float64 { return 5e5 + float64(i) }), none, incident.CheckUnknown, -1, 0, "it only grows"},
		{"growing for the first time", check.Question{}, each(func(i int) float64 { return 100 + float64(i) }), wavy(100), none, incident.CheckUnusual, 21, incident.TrendWorse, "above"},
		{"a limit", check.Question{Above: new(90.0)}, fromMinute(30, 10, 95), constant(94), constant(94), incident.CheckUnusual, 30, incident.TrendStable, "95 now, above the limit of 90, since 12:30 UTC"},
		{"a limit without a past", check.Question{Above: new(90.0), Unit: "%"}, wavy(50), none, none, incident.CheckNormal, -1, 0, "within the limit"},
		{"a lower limit", check.Question{Below: new(5.0), Unit: "GB"}, fromMinute(85, 9, 4), constant(9), none, incident.CheckUnusual, 85, incident.TrendStable, "4 GB now, below the limit of 5 GB, since 13:25 UTC"},
		{"the limit counts on its side only", check.Question{Above: new(1000.0)}, fromMinute(60, 100, 1), wavy(100), wavy(100), incident.CheckUnusual, 60, incident.TrendStable, "below what is usual"},
		{"gaps within", check.Question{}, append(fromMinute(60, 100, 300)[:65], fromMinute(60, 100, 300)[80:]...), wavy(100), wavy(100), incident.CheckUnusual, 60, incident.TrendStable, "since 13:00 UTC"},
		{"a short return", check.Question{}, each(func(i int) float64 {
			if i >= 50 && i != 60 && i != 61 {
				return 300
			}
			return 100
		}), wavy(100), wavy(100), incident.CheckUnusual, 50, incident.TrendStable, "since 12:50 UTC"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.From, tt.q.Window = from, window
			a := check.Judge(tt.q, tt.now, tt.yesterday, tt.lastWeek)
			want := time.Time{}
			if tt.began >= 0 {
				want = from.Add(time.Duration(tt.began) * time.Minute)
			}
			if a.Verdict != tt.verdict || !a.Began.Equal(want) || a.Trend != tt.trend || !strings.Contains(a.Reason, tt.says) {
				t.Errorf("%v, began %v, %v: %s", a.Verdict, a.Began, a.Trend, a.Reason)
			}
		})
	}
}

func drawSeries(t *rapid.T, name string) check.Series {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) incident.CheckPoint {
		return incident.CheckPoint{
			Offset: time.Duration(rapid.Int64Range(-10, 100).Draw(t, "offset")) * time.Minute,
			Value: rapid.OneOf(rapid.Float64Range(-10, 10), rapid.Float64(), rapid.SampledFrom([]float64{
				math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 0,
			})).Draw(t, "value"),
		}
	}), 0, 200).Draw(t, name)
}

// Whatever comes, the answer is one that can be recorded, and does not depend on the
// order in which points come, nor on those that do not count.
func TestAnswersCanAlwaysBeRecorded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, yesterday, lastWeek := drawSeries(t, "now"), drawSeries(t, "yesterday"), drawSeries(t, "last week")
		q := check.Question{From: from, Window: window, Bad: check.Direction(rapid.Uint8Range(0, 2).Draw(t, "bad"))}
		if rapid.Bool().Draw(t, "limited") {
			q.Above = new(rapid.Float64Range(-5, 5).Draw(t, "above"))
		}
		a := check.Judge(q, now, yesterday, lastWeek)
		r := incident.CheckResult{
			Kind: incident.MetricTraffic, Verdict: a.Verdict, Value: a.Value, Yesterday: a.Yesterday, LastWeek: a.LastWeek, Began: a.Began,
			Trend: a.Trend, From: from, Until: from.Add(window), Reason: a.Reason,
			Now: now.Clean(window), DayBefore: yesterday.Clean(window), WeekBefore: lastWeek.Clean(window),
		}
		declared := incident.Evolve(incident.State{}, incident.Recorded{
			Meta: incident.Meta{Incident: "inc-1", Revision: 1, Actor: "p", OccurredAt: from, RecordedAt: from}, Event: incident.Declared{Number: 1, Title: "t", Status: incident.StatusInvestigating},
		})
		c := incident.RecordCheck{CheckKey: incident.CheckKey{Run: "r", Service: "s", Metric: "m"}, CheckResult: r}
		if _, err := incident.Decide(declared, c, incident.Context{Actor: "p", Authority: incident.Admin, Now: from.Add(window)}); err != nil {
			t.Fatalf("%+v: %v", a, err)
		}
		if a.Trend != 0 && a.Verdict != incident.CheckUnusual || !a.Began.IsZero() && a.Verdict != incident.CheckUnusual {
			t.Fatalf("something is proposed of what is %v", a.Verdict)
		}
		if again := check.Judge(q, now.Clean(window), yesterday.Clean(window), lastWeek.Clean(window)); again != a {
			t.Fatalf("%+v, and of clean series %+v", a, again)
		}
		svg := check.Chart("service", r)
		wellFormed(t, svg)
	})
}

// What is as it was is normal, or it is said why nothing can be said.
func TestTheSameIsNormal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := each(func(i int) float64 { return rapid.Float64Range(-1000, 1000).Draw(t, "value") })
		a := check.Judge(check.Question{From: from, Window: window}, s, s, s)
		if a.Verdict == incident.CheckUnusual {
			t.Fatalf("%+v", a)
		}
		if a.Value != a.Yesterday || a.Value != a.LastWeek {
			t.Fatalf("%+v", a)
		}
	})
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1: "1", 1.5: "1.5", 0.0123: "0.0123", 0.25: "0.25", 250: "250", 1234: "1234", 9999.4: "9999", 12345: "12.3 k", -12345: "-12.3 k",
		3.14159e6: "3.14 M", 2e9: "2 G", 5e12: "5 T", 1e20: "1.00e+20", 0.00001: "1.00e-05", 0.1 + 0.2: "0.3", -0.5: "-0.5", 99.96: "100",
	} {
		if got := check.Number(v); got != want {
			t.Errorf("%g: %q, want %q", v, got, want)
		}
	}
}
