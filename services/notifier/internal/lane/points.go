package lane

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants of a round at which a process may die.
var (
	pointBeforeMark  = failpoint.New("notifier.before_mark")
	pointBeforeSend  = failpoint.New("notifier.before_send")
	pointAfterSend   = failpoint.New("notifier.after_send")
	pointAfterRecord = failpoint.New("notifier.after_record")
)
