package timeline_test

import (
	"testing"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// TestCallsBeforeTheModelIsPrepared: while something keeps a start from preparing
// its model, calls say so.
func TestCallsBeforeTheModelIsPrepared(t *testing.T) {
	w := newWorld(t)
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // rolled back below
	// What migrations wait for.
	if _, err := tx.Exec(t.Context(), "select pg_advisory_xact_lock($1)", int64(0x62726c67)); err != nil {
		t.Fatal(err)
	}
	n := w.start()
	_, err = n.rebuild(t)
	refused(t, err, "unavailable", "model_preparing")
	_, err = n.ListIncidents(as(t, "eve"), &timelinev1.ListIncidentsRequest{})
	refused(t, err, "unavailable", "model_preparing")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.eventually(func() bool {
		_, err := n.rebuild(t)
		return err == nil
	})
}

// TestAModelOfAnotherVersion: until it is rebuilt, who asks learns why.
func TestAModelOfAnotherVersion(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.problem("Slow")
	w.visible(n)
	n.stop()
	w.sql("update timeline.live set fold = 0")
	tx, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context()) //nolint:errcheck // rolled back below
	w.holdSwing(tx)
	n = w.start()
	// Reads go on from what is there, writes to it have to wait.
	if _, err := n.ListIncidents(as(t, "root"), &timelinev1.ListIncidentsRequest{}); err != nil {
		t.Errorf("a read failed: %v", err)
	}
	_, err = n.GetStatus(as(t, "root"), &timelinev1.GetStatusRequest{})
	refused(t, err, "unavailable", "model_outdated")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.eventually(func() bool {
		status, err := n.GetStatus(as(t, "root"), &timelinev1.GetStatusRequest{})
		return err == nil && status.GetSchemaVersion() == 2 && status.GetLagEvents() == 0
	})
}
