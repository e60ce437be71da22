package deploy_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/test/system"
)

// TestANATSWithoutRoomNamesTheSetting runs command at a NATS that may keep one
// gibibyte, with the default size of the log: one sentence says what to set, and
// with that it starts.
func TestANATSWithoutRoomNamesTheSetting(t *testing.T) {
	small := natstest.Start(t, natstest.Listening(), func(o *natsserver.Options) { o.MaxStore = 1 << 30 })
	a := system.NewApart(t, small, 1)
	refused := system.Run(t, append(a.Environment("command"), "BRIDGELOG_LOG_MAX_BYTES=0", "BRIDGELOG_DATA_DIR="+t.TempDir(), "BRIDGELOG_PORTS=auto"), "serve", "command")
	if refused.Code != 2 || !strings.Contains(refused.Stderr, "--log-max-bytes") || strings.Count(refused.Stderr, "\n") != 1 {
		t.Errorf("it says: %s", refused)
	}
	a.Set("BRIDGELOG_LOG_MAX_BYTES=268435456")
	a.Serve(t, "command")
}
