package checks

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of recording a check at which a process may die.
var (
	pointBeforeCheck = failpoint.New("check.before_record")
	pointAfterCheck  = failpoint.New("check.after_record")
)
