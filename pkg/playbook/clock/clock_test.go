package clock_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 500 * time.Millisecond: "0s", 45 * time.Second: "45s", 90 * time.Second: "1m", time.Hour: "1h",
		200 * time.Minute: "3h 20m", 52 * time.Hour: "2d 4h", 48 * time.Hour: "2d", 49*time.Hour - time.Second: "2d",
	} {
		if got := clock.Span(d); got != want {
			t.Errorf("%v is said as %q, want %q", d, got, want)
		}
	}
}

func TestEveryClockHasAName(t *testing.T) {
	values := catalogv1.Clock(0).Descriptor().Values()
	for _, k := range clock.Kinds() {
		if k.String() == "unknown" || k.Words() == "unknown" {
			t.Errorf("clock %d has no name", k)
		}
		if k == clock.Legal {
			continue
		}
		value := values.ByNumber(catalogv1.Clock(k).Number())
		if value == nil || "CLOCK_"+strings.ToUpper(k.String()) != string(value.Name()) {
			t.Errorf("clock %s is not that of documents: %v", k, value)
		}
	}
	if len(clock.Kinds()) != values.Len() { // theirs has the unstated, ours that of laws
		t.Errorf("%d clocks for %d in documents", len(clock.Kinds()), values.Len())
	}
}

func TestNothingRunsBeforeADeclaration(t *testing.T) {
	if got := clock.Due(clock.Facts{}, policies(t, ""), time.Now()); got != nil {
		t.Errorf("got %v", got)
	}
	f := clock.Facts{Declared: clock.Moment{At: time.Now()}}
	if got := clock.Due(f, &clock.Policies{}, time.Now()); len(got) != 0 {
		t.Errorf("without policies: %v", got)
	}
	// Without phases an incident is in triage.
	if got := clock.Due(f, policies(t, ""), time.Now()); len(got) != 3 {
		t.Errorf("in triage: %v", got)
	}
}

func TestThresholdsAreNamed(t *testing.T) {
	start := clock.Moment{At: time.Unix(1_800_000_000, 0), Revision: 7}
	f := clock.Facts{Declared: start, Phases: []clock.Phase{{From: start, Severity: incident.SEV1, Status: incident.StatusInvestigating}}}
	p := policies(t, "")
	for after, want := range map[time.Duration]clock.Threshold{0: 0, 4 * time.Minute: clock.Warned, 6 * time.Minute: clock.Breached} {
		r := clock.Due(f, p, start.At.Add(after))[0]
		if got, _ := r.Passed(); got != want || r.Key() != "acknowledge||r7" {
			t.Errorf("after %v: threshold %d of %s, want %d", after, got, r.Key(), want)
		}
	}
	f.Acknowledged = clock.Moment{At: start.At.Add(time.Minute)}
	if got, ok := clock.Due(f, p, start.At.Add(time.Hour))[0].Passed(); !ok || got != clock.Done {
		t.Errorf("acknowledged: threshold %d", got)
	}
}

// BenchmarkDue computes the clocks of 1,000 open incidents per operation.
func BenchmarkDue(b *testing.B) {
	const incidents = 1000
	p := policies(b, "")
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	facts := make([]clock.Facts, incidents)
	for i := range facts {
		at := func(minutes int) clock.Moment {
			return clock.Moment{At: now.Add(time.Duration(minutes-i%300) * time.Minute), Revision: uint64(i)}
		}
		severity := incident.Severity(i % 4)
		facts[i] = clock.Facts{
			Declared: at(0),
			Phases: []clock.Phase{
				{From: at(0), Severity: incident.Unknown, Status: incident.StatusTriage},
				{From: at(2), Severity: severity, Status: incident.StatusInvestigating},
				{From: at(30), Severity: severity, Status: incident.StatusIdentified},
			},
			Acknowledged: at(1), InternalUpdate: at(20), FirstExternal: at(5), ExternalUpdate: at(25),
			Roles: []clock.Held{{Role: incident.Commander, Since: at(1)}, {Role: incident.Scribe, Since: at(3)}},
			Tasks: []clock.Item{{ID: "T1", Created: at(4), Due: at(30).At}},
			Marks: []clock.Mark{{Kind: clock.Aware, Law: "gdpr", Moment: at(10)}},
		}
	}
	b.ReportAllocs()
	clocks := 0
	for b.Loop() {
		clocks = 0
		for i := range facts {
			clocks += len(clock.Due(facts[i], p, now))
		}
	}
	b.ReportMetric(float64(clocks), "clocks/op")
}

func ExampleDue() {
	declared := clock.Moment{At: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC), Revision: 1}
	policy := clock.NewPolicy("mine", &catalogv1.ClockPolicySpec{Rules: []*catalogv1.ClockRule{
		{Clock: catalogv1.Clock_CLOCK_ACKNOWLEDGE, BusinessDays: 1},
	}}, nil)
	var p clock.Policies
	p.BySeverity[incident.SEV1] = policy
	facts := clock.Facts{
		Declared: declared,
		Phases:   []clock.Phase{{From: declared, Severity: incident.SEV1, Status: incident.StatusInvestigating}},
	}
	for _, r := range clock.Due(facts, &p, declared.At.Add(2*time.Hour)) {
		fmt.Println(r.Clock, r.State, r.Due.Format(time.RFC3339), r.Reason)
	}
	// Output:
	// acknowledge running 2026-11-26T00:00:00Z nobody has acknowledged it: 1d 19h left
}
