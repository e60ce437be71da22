package watch

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of recording what a page says at which a process may die.
var (
	pointBeforeReport = failpoint.New("notifier.before_report")
	pointAfterReport  = failpoint.New("notifier.after_report")
)
