package chaos_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	_ "github.com/bridgelog/bridgelog/services/timeline" // declares its points
	"github.com/bridgelog/bridgelog/test/system"
)

// changeViewPrefix begins the points between a change in the log and its row.
const changeViewPrefix = "changeview."

// TestChangesKilledAtEveryPoint kills the whole process around the transaction that
// shows a change. Whoever reports it repeats what was not answered; afterwards it is
// there once, with both of its reports, and the view is what the log says.
func TestChangesKilledAtEveryPoint(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	points := slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, changeViewPrefix) })
	if len(points) != 2 {
		t.Fatalf("%d points to kill at, want 2", len(points))
	}
	for _, point := range points {
		t.Run(point, func(t *testing.T) { changeKilledAt(t, s, point) })
	}
	if r := s.Try(t, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
	if rebuilt := s.Do(t, "rebuild", "changes"); !strings.Contains(rebuilt, "none differed") {
		t.Errorf("the view of changes is not what the log says: %s", rebuilt)
	}
}

func changeKilledAt(t *testing.T, s *system.System, point string) {
	arm(t, s, point)
	answered := report(t, s, point, signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED) != nil
	restart(t, s) // the view dies of the first report
	again := report(t, s, point, signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED)
	if again == nil || answered && !again.GetUnchanged() {
		t.Errorf("the report that was answered is not in the log: %v", again)
	}
	last := report(t, s, point, signalv1.ChangeOutcome_CHANGE_OUTCOME_FAILED)
	view := signalv1.NewChangeViewServiceClient(reach(t, s))
	got, err := view.GetChange(within(t), &signalv1.GetChangeRequest{Change: last.GetChangeId(), Position: last.GetPosition()})
	if err != nil || got.GetChange().GetRevision() != 2 || got.GetChange().GetOutcome() != signalv1.ChangeOutcome_CHANGE_OUTCOME_FAILED {
		t.Errorf("the change: %v, %v", got, err)
	}
}

// report records a report of a change; nil when the process has died meanwhile.
func report(t *testing.T, s *system.System, key string, outcome signalv1.ChangeOutcome) *signalv1.RecordChangeResponse {
	t.Helper()
	answer, err := signalv1.NewChangeServiceClient(reach(t, s)).RecordChange(within(t), &signalv1.RecordChangeRequest{
		Source: "chaos", Key: key, Title: key, Outcome: outcome, StartedAtUs: 1_700_000_000_000_000 + int64(outcome),
	})
	if err != nil {
		return nil
	}
	return answer
}

func reach(t *testing.T, s *system.System) *grpc.ClientConn {
	t.Helper()
	conn, err := rpc.Dial(s.Endpoints.GRPC, s.Endpoints.Token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
