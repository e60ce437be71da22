package wire

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/playbook/clock"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Clock returns how a clock stands at a time.
func Clock(r *clock.Reading, now time.Time) *timelinev1.Clock {
	out := &timelinev1.Clock{
		Clock: r.Clock.String(), Name: r.Clock.Words(), Subject: r.Subject, State: timelinev1.ClockState(r.State),
		Reason: r.Reason, StartTime: stamp(r.Start.At), StartRevision: r.Start.Revision, WarnTime: stamp(r.Warn),
		DueTime: stamp(r.Due), DoneTime: stamp(r.Done), Late: r.Late, Report: r.Text, Source: r.Source,
	}
	switch r.State {
	case clock.Running, clock.Warning, clock.Overdue:
		out.TimeLeft = durationpb.New(r.Due.Sub(now))
	case clock.Met, clock.Stopped:
	}
	if r.Clock == clock.Legal {
		out.Notice = clock.NotLegalAdvice
	}
	return out
}

// BriefClock returns of a clock what lists show: what is due, when, and how it stands.
func BriefClock(r *clock.Reading) *timelinev1.Clock {
	return &timelinev1.Clock{
		Clock: r.Clock.String(), Name: r.Clock.Words(), Subject: r.Subject, State: timelinev1.ClockState(r.State),
		Reason: r.Reason, DueTime: stamp(r.Due),
	}
}

// Clocks returns how several stand.
func Clocks(readings []clock.Reading, now time.Time) []*timelinev1.Clock {
	var out []*timelinev1.Clock
	for i := range readings {
		out = append(out, Clock(&readings[i], now))
	}
	return out
}
