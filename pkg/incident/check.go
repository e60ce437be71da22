package incident

import (
	"fmt"
	"math"
	"time"
)

// Bounds of a check.
const (
	MaxCheckPoints = 120            // of each series
	MaxCheckWindow = 24 * time.Hour // length of what was looked at
	MaxQuery       = 4096           // bytes of a query
)

// CheckKey names a check: it is recorded once for each.
type CheckKey struct {
	// Run is "declaration", or what names a run that somebody asked for.
	Run string
	// Service and Metric are the catalog's name of the service, and what tells its
	// metrics apart.
	Service, Metric string
}

// Measured is a value that may not be known.
type Measured struct {
	Value float64 // finite
	Known bool
}

// CheckPoint is a value at an offset from the begin of a window.
type CheckPoint struct {
	Offset time.Duration
	Value  float64 // finite
}

// CheckResult is what a measurement showed. What it says is proposed: by the service
// that runs checks, from the values that it holds.
type CheckResult struct {
	Kind        MetricKind
	Integration string // catalog name of where it was asked
	Verdict     CheckVerdict
	// Value is that of now, Yesterday and LastWeek those of the same time then.
	Value, Yesterday, LastWeek Measured
	Began                      time.Time // proposed; zero: none
	Trend                      Trend     // proposed; TrendUnknown: none
	From, Until                time.Time // the window that was looked at
	AskedBy                    PersonID  // who asked for the run; empty: nobody did

	Title, Query, Unit string // as the catalog had them
	Reason             string // why the verdict, in words
	// Now, DayBefore and WeekBefore are the values, each with offsets from the begin of
	// its own window, in order.
	Now, DayBefore, WeekBefore []CheckPoint
}

// RecordCheck writes down what a check showed. It is for the service that runs checks.
// What was recorded already is no event and no error, so each check is written once
// however many services run.
type RecordCheck struct {
	CheckKey
	CheckResult
}

// CheckRecorded says what a check showed: a proposal.
type CheckRecorded struct {
	CheckKey
	// CheckResult is facts but for Title, Query, Unit, Reason and the values, which
	// are content.
	CheckResult
}

// Name returns "record_check".
func (RecordCheck) Name() string { return "record_check" }

func (c RecordCheck) decide(s State, _ Context) ([]Event, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if s.Checked(c.CheckKey) {
		return nil, nil
	}
	e := CheckRecorded(c)
	e.From, e.Until = stamp(c.From), stamp(c.Until)
	if !c.Began.IsZero() {
		e.Began = stamp(c.Began)
	}
	return []Event{e}, nil
}

func (c RecordCheck) check() error {
	switch {
	case !c.Kind.Known():
		return invalid("kind", "unknown_kind", "unknown kind of metric: use resource or traffic")
	case !c.Verdict.Known():
		return invalid("verdict", "unknown_verdict", "unknown verdict: use normal, unusual or unknown")
	case c.Trend > TrendBetter:
		return invalid("trend", "unknown_trend", "unknown trend: use worse, stable or better, or leave it out")
	case c.Until.Sub(c.From) <= 0 || c.Until.Sub(c.From) > MaxCheckWindow:
		return invalid("until", "out_of_range", fmt.Sprintf("the window does not end within %s of its begin", MaxCheckWindow))
	case !c.Began.IsZero() && (c.Began.Before(c.From) || c.Began.After(c.Until)):
		return invalid("began", "out_of_range", "began lies outside the window")
	}
	return firstError(
		func() error { return checkName("run", c.Run, true) },
		func() error { return checkName("service", c.Service, true) },
		func() error { return checkName("metric", c.Metric, true) },
		func() error { return checkName("integration", c.Integration, false) },
		func() error { return checkStorable("from", c.From) },
		func() error { return checkOptional("title", c.Title, MaxReason) },
		func() error { return checkOptional("query", c.Query, MaxQuery) },
		func() error { return checkOptional("unit", c.Unit, MaxReason) },
		func() error { return checkRequired("reason", c.Reason, MaxReason) },
		c.checkValues,
	)
}

func (c RecordCheck) checkValues() error {
	for _, m := range []Measured{c.Value, c.Yesterday, c.LastWeek} {
		if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
			return invalid("value", "not_finite", "a value is not a finite number: leave it out")
		}
	}
	for _, series := range []struct {
		name   string
		points []CheckPoint
	}{{"now", c.Now}, {"day_before", c.DayBefore}, {"week_before", c.WeekBefore}} {
		if len(series.points) > MaxCheckPoints {
			return tooMany(series.name, len(series.points), MaxCheckPoints)
		}
		for i, p := range series.points {
			switch {
			case math.IsNaN(p.Value) || math.IsInf(p.Value, 0):
				return invalid(series.name, "not_finite", series.name+" holds a value that is not a finite number: leave it out")
			case p.Offset < 0 || p.Offset > c.Until.Sub(c.From) || i > 0 && p.Offset <= series.points[i-1].Offset:
				return invalid(series.name, "out_of_order", series.name+" is not in order, or leaves the window")
			}
		}
	}
	return nil
}

func (RecordCheck) conflicts(_, _ State) bool { return false }

// Checked reports whether a check was recorded.
func (s State) Checked(key CheckKey) bool {
	return s.checks.find(func(k CheckKey) bool { return k == key }) >= 0
}

// Type returns "incident.check_recorded".
func (CheckRecorded) Type() string { return "incident.check_recorded" }

// Accept calls VisitCheckRecorded.
func (e CheckRecorded) Accept(v Visitor) { v.VisitCheckRecorded(e) }

func (e CheckRecorded) traits() traits {
	return ignorable | machine | content.when(e.Title != "" || e.Query != "" || e.Reason != "" || len(e.Now)+len(e.DayBefore)+len(e.WeekBefore) > 0)
}

func (e CheckRecorded) evolve(s State, _ Meta) State {
	if !s.Checked(e.CheckKey) {
		s.checks = s.checks.with(e.CheckKey)
	}
	return s
}
