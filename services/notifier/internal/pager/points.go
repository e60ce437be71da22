package pager

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of telling a person at which a process may die.
var (
	pointBeforeSend   = failpoint.New("pager.before_send")
	pointAfterSend    = failpoint.New("pager.after_send")
	pointBeforeRecord = failpoint.New("pager.before_record")
	pointAfterRecord  = failpoint.New("pager.after_record")
)
