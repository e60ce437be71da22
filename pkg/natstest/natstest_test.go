package natstest_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

func TestMain(m *testing.M) {
	code := natstest.Main(m)
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// TestEverythingAcknowledgedSurvivesTheDeathOfAllNodes kills three processes at
// once and looks for each acknowledged message.
func TestEverythingAcknowledgedSurvivesTheDeathOfAllNodes(t *testing.T) {
	if testing.Short() {
		t.Skip("three server processes")
	}
	cluster := natstest.StartCluster(t)
	log := cluster.Log(jetstream.Config{}, jetstream.Options{})
	a := eventlogtest.NewAggregate(t, "incident.a")
	for i := range 200 {
		a.Append(log, fmt.Sprint(i))
	}
	for _, n := range cluster.Nodes {
		n.Kill()
	}
	for _, n := range cluster.Nodes {
		cluster.Start(n)
	}
	cluster.WaitReady()
	cluster.Leader()
	log = natstest.OpenLog(t, cluster.Conn(natsserver.UserCommand), jetstream.Options{})
	messages, err := log.Load(t.Context(), a.Subject, 0)
	if err != nil {
		t.Fatal(err)
	}
	a.Verify(messages)
	if len(messages) != 200 {
		t.Fatalf("%d messages, 200 were acknowledged", len(messages))
	}
}
