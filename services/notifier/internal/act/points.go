package act

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of creating deliveries at which a process may die.
var (
	pointBeforeCreate = failpoint.New("notifier.before_create")
	pointAfterCreate  = failpoint.New("notifier.after_create")
)
