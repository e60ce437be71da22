package dispatch

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants between a stored signal and its acknowledgment at which the process
// may die. The signal comes again, and all that it says has to be in the log once.
var (
	pointBeforeDeclare = failpoint.New("intake.before_declare")
	pointAfterDeclare  = failpoint.New("intake.after_declare")
	pointAfterLink     = failpoint.New("intake.after_link")
	pointBeforeFired   = failpoint.New("intake.before_fired")
	pointAfterFired    = failpoint.New("intake.after_fired")
	pointBeforePage    = failpoint.New("paging.before_request")
	pointAfterPage     = failpoint.New("paging.after_request")
	pointBeforeEnded   = failpoint.New("intake.before_ended")
	pointAfterEnded    = failpoint.New("intake.after_ended")
	pointBeforeSettle  = failpoint.New("intake.before_settle")
	pointAfterSettle   = failpoint.New("intake.after_settle")
)

// The instants at which the process may die while it does what is due.
var (
	pointBeforeSuppressed   = failpoint.New("keeper.before_suppressed")
	pointAfterSuppressed    = failpoint.New("keeper.after_suppressed")
	pointBeforeUnsuppressed = failpoint.New("keeper.before_unsuppressed")
	pointAfterUnsuppressed  = failpoint.New("keeper.after_unsuppressed")
	pointBeforeCalmed       = failpoint.New("keeper.before_calmed")
	pointAfterCalmed        = failpoint.New("keeper.after_calmed")
)

// The instants after which the process may die when what a sender says beside the state of
// an alert, or of a change, is in the log.
var (
	pointAfterAcknowledged = failpoint.New("said.after_acknowledged")
	pointAfterNoted        = failpoint.New("said.after_noted")
	pointAfterChange       = failpoint.New("said.after_change")
)
