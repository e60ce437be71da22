package checks

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of recording a check at which a process may die.
var (
	pointBeforeCheck = failpoint.New("notifier.before_check")
	pointAfterCheck  = failpoint.New("notifier.after_check")
)
