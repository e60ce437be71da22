package notifier_test

import (
	"context"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/health"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier"
)

// TestAPersonLetsItActOnAnotherLog replaces the log, as a restore does: nothing is
// sent until a person says so, and then only what comes after.
func TestAPersonLetsItActOnAnotherLog(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	rpc := s.answering()
	s.start()
	s.desk.Must(t, "a", declare(1))
	r.atLeast(t, 1)
	s.stop()

	other := memory.New(memory.Options{Epoch: "restored"})
	s.desk = incidentlogtest.Desk{Log: other}
	s.desk.Must(t, "before", declare(1))
	before := s.change
	s.change = func(c *notifier.Config) {
		before(c)
		c.Log = other
		ready := c.Ready
		c.Ready = func(name string, _ health.Check) { ready(name, func(context.Context) error { return nil }) }
	}
	s.start()
	status := func() *notifyv1.GetNotifierStatusResponse {
		return must[*notifyv1.GetNotifierStatusResponse](t)(rpc.service.GetNotifierStatus(admin(t), nil))
	}
	s.poll("the problem is told", func() bool { return status().GetProblem() != "" })
	must[*notifyv1.ResumeNotifierResponse](t)(rpc.service.ResumeNotifier(admin(t), nil))
	s.poll("it acts", func() bool { return status().GetProblem() == "" })
	s.desk.Must(t, "after", declare(2))
	if got := r.atLeast(t, 2); len(got) != 2 || got[1].Subject != "INC-2" {
		t.Errorf("got %+v", got)
	}
}
