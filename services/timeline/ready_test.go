package timeline_test

import (
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// TestReadyWaitsForTheViewsBeside the incidents: whoever waited for it can read them.
func TestReadyWaitsForTheViewsBeside(t *testing.T) {
	w := newWorld(t)
	first := w.start()
	<-first.service.Ready()
	first.stop()

	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), "lock table timeline_change.progress in access exclusive mode"); err != nil {
		t.Fatal(err)
	}
	n := w.start()
	w.Declare(incident.Declare{Number: 1, Title: "Disk full", Severity: incident.SEV2}, logtest.Act{})
	must[*timelinev1.ListIncidentsResponse](t)(n.ListIncidents(as(t, "eve"), &timelinev1.ListIncidentsRequest{Position: w.settle()}))
	select {
	case <-n.service.Ready():
		t.Error("ready before the view of changes")
	default:
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case <-n.service.Ready():
	case <-time.After(time.Minute):
		t.Fatal("never ready")
	}
	if _, err := n.changeView().ListChanges(as(t, "eve"), &signalv1.ListChangesRequest{}); err != nil {
		t.Error(err)
	}
}
