package chaos_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// TestOneOfTwoCommandsKilledUnderLoad runs two command services side by side and
// kills one after the other with SIGKILL while eight writers use both. A command
// that was not answered is repeated at the other one.
func TestOneOfTwoCommandsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	d := deploy(t, natstest.Start(t, natstest.Listening()), 1)
	second := d.Serve(t, "command")
	w := startWriters(t, "w", 8, d.dial(t, d.command), d.dial(t, second))
	for range 3 {
		w.await(t, 100)
		d.command.Kill(t)
		w.await(t, 50)
		d.command.Start(t)
		w.await(t, 100)
		second.Kill(t)
		w.await(t, 50)
		second.Start(t)
	}
	w.stop()
	w.check(t, d.clients(t))
	if r := d.Try(t, d.timeline, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// TestANodeOfThreeKilledUnderLoad kills the leader of the log, and later another
// node, with SIGKILL while writers append through two command services.
func TestANodeOfThreeKilledUnderLoad(t *testing.T) {
	t.Parallel()
	cluster := natstest.StartCluster(t)
	d := deploy(t, cluster, 3)
	second := d.Serve(t, "command")
	w := startWriters(t, "w", 4, d.dial(t, d.command), d.dial(t, second))
	for range 2 {
		w.await(t, 50)
		leader := cluster.Leader()
		leader.Kill()
		w.await(t, 50)
		cluster.Start(leader)
		cluster.WaitCurrent()
	}
	w.await(t, 50)
	w.stop()
	w.check(t, d.clients(t))
	if r := d.Try(t, d.timeline, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}
