package clocks

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of recording a clock at which a process may die.
var (
	pointBeforeClock = failpoint.New("notifier.before_clock")
	pointAfterClock  = failpoint.New("notifier.after_clock")
)
