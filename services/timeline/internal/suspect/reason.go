package suspect

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/timeline/internal/servicegraph"
)

// How many points a reason is worth at most. Together they are 100; an open
// incident has none of a change's, but its own. Nearness in time and in the graph weigh
// most.
const (
	pointsTime     = 40
	pointsService  = 30
	pointsOutcome  = 20
	pointsKind     = 10
	pointsIncident = 60
)

// reason is why something is suspected.
type reason struct {
	points int
	says   string
}

// near weighs the time between a change and the start: all points right before it, none
// at the begin of the window. Half of the points are for the last hours and half for the
// whole time, so that minutes count for more than hours.
func (q Question) near(began time.Time) reason {
	const steep = 8 // after an eighth of the window the steep half is down to a third
	before := q.Start.Sub(began)
	left := 1 - before.Seconds()/q.Window.Seconds()
	points := pointsTime / 2 * (left + math.Pow(left, steep))
	return reason{int(points), "took effect " + long(before) + " before the start"}
}

// long says a length of time in people's words.
func long(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %02d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// concerns weighs how far a service is from those that the incident names.
func (q Question) concerns(service string, way servicegraph.Way) reason {
	switch {
	case way == nil:
		return reason{0, "the incident names no service, so every change counts"}
	case way.Distance() == 0:
		return reason{pointsService, "changes " + service + ", which is affected"}
	}
	return reason{pointsService / (way.Distance() + 1), "concerns " + service + ", on which " + way[0] + " depends (" + strings.Join(way, " → ") + ")"}
}

func ofKind(k change.Kind) reason {
	switch k {
	case change.Deployment, change.Migration:
		return reason{pointsKind, "is a " + k.String()}
	case change.Configuration:
		return reason{pointsKind, "changes the configuration"}
	case change.Flag:
		return reason{pointsKind, "switches a flag"}
	case change.Rollback:
		return reason{pointsKind / 2, "is a rollback: something was wrong before"}
	case change.KindUnknown, change.Other, change.Outage:
	}
	return reason{}
}

func ofOutcome(o change.Outcome) reason {
	switch o {
	case change.Failed:
		return reason{pointsOutcome, "failed"}
	case change.Started:
		return reason{pointsOutcome / 2, "was still under way, as far as is known"}
	case change.OutcomeUnknown, change.Planned, change.Succeeded, change.Canceled:
	}
	return reason{}
}
