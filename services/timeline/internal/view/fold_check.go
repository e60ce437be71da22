package view

import (
	"slices"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

const (
	// maxChecks bounds how many metrics of an incident are shown; older ones give way.
	maxChecks = 100
	// maxMeasured bounds likewise how many measurements a view holds.
	maxMeasured = 200
)

// Check is what a measurement showed, without the values themselves: these are read
// from the log when somebody wants to see them. Its texts are empty after a redaction.
type Check struct {
	incident.CheckKey
	incident.CheckResult

	Entry uint64 // revision of its entry
}

func (f *folding) VisitCheckRecorded(e incident.CheckRecorded) {
	c := Check{CheckKey: e.CheckKey, CheckResult: e.CheckResult, Entry: f.meta.Revision}
	c.Now, c.DayBefore, c.WeekBefore = nil, nil, nil
	checks := slices.DeleteFunc(f.Incident.Checks, func(o Check) bool { return o.Service == c.Service && o.Metric == c.Metric })
	checks = checks[max(0, len(checks)+1-maxChecks):]
	f.Incident.Checks = append(checks, c)
	f.Measured = append(f.Measured[max(0, len(f.Measured)+1-maxMeasured):], c)
	f.entry.Headline = "Measured " + e.Service + ": " + e.Kind.String() + " " + e.Verdict.String() + ", proposed by the system from " + e.Integration
	if e.Trend.Known() {
		f.entry.Headline += ", " + trendWords(e.Trend)
	}
	f.entry.Text = checkText(e)
}

func trendWords(t incident.Trend) string {
	if t == incident.TrendStable {
		return "stable"
	}
	return "getting " + t.String()
}

// checkText is what was measured and what it showed.
func checkText(e incident.CheckRecorded) string {
	if e.Title == "" && e.Reason == "" && e.Query == "" {
		return ""
	}
	text := e.Title + ": " + e.Reason
	if e.Query != "" {
		text += "\n\n" + fenced(e.Query)
	}
	return text
}

// redactCheck takes away what a check says in words.
func (v *View) redactCheck(entry uint64) {
	for _, checks := range [][]Check{v.Incident.Checks, v.Measured} {
		for n := range checks {
			if c := &checks[n]; c.Entry == entry {
				c.Title, c.Query, c.Unit, c.Reason = "", "", "", ""
			}
		}
	}
}
