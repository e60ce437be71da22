package alert

import (
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// TypeCalmed is the type of [Calmed].
const TypeCalmed = "alert.calmed"

// FlapRule says from when on a condition that comes and goes is flapping.
type FlapRule struct {
	// Episodes: more begins than this within the window are flapping. 0: nothing ever is.
	Episodes int
	// Window is the time in which begins count, and how long it has to be quiet until it
	// is not flapping any more.
	Window time.Duration
}

// DefaultFlapRule is the fourth begin within half an hour. Three incidents about one
// condition in half an hour are what somebody on call may read one by one. A condition
// that is checked each minute and restarts something every few minutes is caught at its
// fourth begin; one that fails once in each run of an hourly job never is.
func DefaultFlapRule() FlapRule { return FlapRule{Episodes: 3, Window: 30 * time.Minute} }

// MaxFlapEpisodes is how many begins have to be remembered for any rule.
const MaxFlapEpisodes = 50

// Flapping says how a condition comes and goes. The zero Flapping is one that does not.
type Flapping struct {
	// Episodes is how often it began to hold since it is flapping, this time included.
	Episodes int
	// Since is the begin of the first of these.
	Since time.Time
	// Window is how long it has to be quiet until it is not flapping any more.
	Window time.Duration
}

// Is tells whether the condition is flapping.
func (f Flapping) Is() bool { return f.Episodes > 0 }

// Begins judges an episode that begins. Earlier are the begins of the episodes before, in
// any order; before is how the last of them was judged, the zero Flapping when it has been
// quiet since. What was flapping and has not been quiet still is.
func (r FlapRule) Begins(at time.Time, earlier []time.Time, before Flapping) Flapping {
	if r.Episodes <= 0 {
		return Flapping{}
	}
	if before.Is() {
		return Flapping{Episodes: before.Episodes + 1, Since: before.Since, Window: r.Window}
	}
	first, count := at, 1
	for _, begin := range earlier {
		if !begin.After(at) && at.Sub(begin) <= r.Window {
			count++
			first = slices.MinFunc([]time.Time{first, begin}, time.Time.Compare)
		}
	}
	if count <= r.Episodes {
		return Flapping{}
	}
	return Flapping{Episodes: count, Since: first, Window: r.Window}
}

// Calmed: the condition of the alert, which was flapping, has been quiet for its window.
type Calmed struct {
	// At is when.
	At time.Time
}

// Draft prepares the event for writing under a new event id.
func (c Calmed) Draft(eventID string) (chain.Draft, error) {
	d, err := draft(eventID, TypeCalmed, c.At, &signalv1.AlertCalmedFacts{CalmedAtUs: c.At.UnixMicro()}, nil)
	d.Ignorable = true
	return d, err
}

func decodeCalmed(r chain.Record) (Calmed, error) {
	var f signalv1.AlertCalmedFacts
	if err := proto.Unmarshal(r.Facts, &f); err != nil {
		return Calmed{}, fmt.Errorf("decode facts of %s: %w", TypeCalmed, err)
	}
	return Calmed{At: time.UnixMicro(f.GetCalmedAtUs()).UTC()}, nil
}

func flappingOf(f *signalv1.AlertFiredFacts) Flapping {
	if f.GetFlappingEpisodes() <= 0 {
		return Flapping{}
	}
	return Flapping{
		Episodes: int(f.GetFlappingEpisodes()), Since: time.UnixMicro(f.GetFlappingSinceUs()).UTC(),
		Window: time.Duration(f.GetFlappingWindowUs()) * time.Microsecond,
	}
}

func (f Flapping) facts(of *signalv1.AlertFiredFacts) {
	if f.Is() {
		of.FlappingEpisodes, of.FlappingSinceUs, of.FlappingWindowUs = int32(f.Episodes), f.Since.UnixMicro(), f.Window.Microseconds()
	}
}
