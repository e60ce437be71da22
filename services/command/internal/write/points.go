package write

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants between receiving a command and answering it at which the process
// may die. At each of them a repetition with the same request id has to lead to
// one act and one answer.
var (
	pointReceived      = failpoint.New("command.received")
	pointDecided       = failpoint.New("command.decided")
	pointBeforeAppend  = failpoint.New("command.before_append")
	pointAfterAppend   = failpoint.New("command.after_append")
	pointBeforeReply   = failpoint.New("command.before_reply")
	pointBeforeClaim   = failpoint.New("declare.before_claim")
	pointNumberClaimed = failpoint.New("declare.number_claimed")
	pointBeforeRedact  = failpoint.New("redact.before_entry")
	pointBetweenRedact = failpoint.New("redact.between_entries")
	pointBeforeImport  = failpoint.New("import.before_batch")
	pointAfterImport   = failpoint.New("import.after_batch")
)
