package incident

// ClockThreshold is what a clock passes. Each is recorded once for a run.
type ClockThreshold uint8

// The thresholds, in the order in which a clock can pass them.
const (
	ThresholdUnknown  ClockThreshold = iota // not stated
	ThresholdWarned                         // little time is left
	ThresholdBreached                       // the time is over
	ThresholdMet                            // what had to happen has happened
)

func thresholdNames() []string { return []string{"unknown", "warned", "breached", "met"} }

// String returns the name in lower case, for example "breached".
func (t ClockThreshold) String() string { return nameOf(thresholdNames(), t) }

// Known reports whether the threshold is one that can be passed.
func (t ClockThreshold) Known() bool { return t >= ThresholdWarned && t <= ThresholdMet }
