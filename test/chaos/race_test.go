package chaos_test

import (
	"fmt"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// TestTwoCommandersChangeSeverityAtOnce lets two clients that have seen the same
// incident change its severity: one wins, the other is told of a conflict, and the
// incident has the winner's severity.
func TestTwoCommandersChangeSeverityAtOnce(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	ours := [2]clients{dial(t, s), dial(t, s)}
	declared := ours[0].declare(t, "Two commanders", "two")
	etag := declared.GetEtag()
	now := incidentv1.Severity_SEVERITY_UNSPECIFIED
	for round := range 20 {
		wanted := others(now)
		var results [2]*incidentv1.ChangeSeverityResponse
		var failures [2]error
		var both sync.WaitGroup
		for i := range ours {
			both.Go(func() {
				results[i], failures[i] = ours[i].commands.ChangeSeverity(within(t), &incidentv1.ChangeSeverityRequest{
					Incident: declared.GetIncidentId(), Severity: wanted[i], Etag: etag, Reason: fmt.Sprint(round),
				})
			})
		}
		both.Wait()
		winner := 0
		if failures[0] != nil {
			winner = 1
		}
		if failures[winner] != nil || status.Code(failures[1-winner]) != codes.Aborted {
			t.Fatalf("round %d: %v and %v, want one success and one Aborted", round, failures[0], failures[1])
		}
		result := results[winner].GetResult()
		etag, now = result.GetEtag(), wanted[winner]
		got, err := ours[0].timeline.GetIncident(within(t), &timelinev1.GetIncidentRequest{Incident: declared.GetIncidentId(), Position: result.GetPosition()})
		if err != nil {
			t.Fatal(err)
		}
		if got.GetIncident().GetSeverity() != wanted[winner] {
			t.Fatalf("round %d: severity %s, want %s", round, got.GetIncident().GetSeverity(), wanted[winner])
		}
	}
}

// others are two severities that an incident does not have now.
func others(now incidentv1.Severity) [2]incidentv1.Severity {
	switch now {
	case incidentv1.Severity_SEVERITY_SEV1:
		return [2]incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV2, incidentv1.Severity_SEVERITY_SEV3}
	case incidentv1.Severity_SEVERITY_SEV2:
		return [2]incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV1, incidentv1.Severity_SEVERITY_SEV3}
	default:
		return [2]incidentv1.Severity{incidentv1.Severity_SEVERITY_SEV1, incidentv1.Severity_SEVERITY_SEV2}
	}
}

// TestTwoRebuildsAtOnce: one runs, the other is refused, and reads never fail.
func TestTwoRebuildsAtOnce(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	c := dial(t, s)
	for n := range 50 {
		written := c.declare(t, fmt.Sprintf("Incident %d", n), fmt.Sprintf("rebuild-%d", n))
		awaitRead(t, c, written.GetIncidentId(), written.GetPosition())
	}
	stop := make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			list, err := c.timeline.ListIncidents(within(t), &timelinev1.ListIncidentsRequest{PageSize: 200})
			if err != nil || len(list.GetIncidents()) != 50 {
				t.Errorf("a read during the rebuild: %d incidents, %v", len(list.GetIncidents()), err)
				return
			}
		}
	})
	var outcomes [2]error
	var both sync.WaitGroup
	for i := range outcomes {
		both.Go(func() { outcomes[i] = rebuild(t, dial(t, s)) })
	}
	both.Wait()
	close(stop)
	reading.Wait()
	succeeded := 0
	for _, err := range outcomes {
		switch status.Code(err) {
		case codes.OK:
			succeeded++
		case codes.FailedPrecondition:
		default:
			t.Errorf("a rebuild ended with %v", err)
		}
	}
	if succeeded == 0 {
		t.Errorf("no rebuild succeeded: %v", outcomes)
	}
	if again := rebuild(t, c); again != nil {
		t.Errorf("a rebuild afterwards: %v", again)
	}
}

// rebuild runs one to its end.
func rebuild(t *testing.T, c clients) error {
	t.Helper()
	stream, err := c.timeline.Rebuild(t.Context(), &timelinev1.RebuildRequest{})
	if err != nil {
		return err
	}
	for {
		step, err := stream.Recv()
		if err != nil {
			if err.Error() == "EOF" {
				return nil
			}
			return err
		}
		if len(step.GetDifferences()) > 0 {
			t.Errorf("the new view differs: %v", step.GetDifferences())
		}
	}
}
