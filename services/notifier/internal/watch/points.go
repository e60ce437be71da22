package watch

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of recording what a page says at which a process may die.
var (
	pointBeforeReport = failpoint.New("watch.before_report")
	pointAfterReport  = failpoint.New("watch.after_report")
)
