package beats

import "github.com/bridgelog/bridgelog/pkg/failpoint"

// The instants at which the process may die around a ping and what is said of it.
var (
	pointBeforePing = failpoint.New("heartbeat.before_ping")
	pointAfterPing  = failpoint.New("heartbeat.after_ping")
	pointBeforeSaid = failpoint.New("heartbeat.before_said")
	pointAfterSaid  = failpoint.New("heartbeat.after_said")
)
