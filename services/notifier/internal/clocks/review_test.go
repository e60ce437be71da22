package clocks_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog"
	"github.com/bridgelog/bridgelog/pkg/wait"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func (c *commands) ScheduleReview(ctx context.Context, r *incidentv1.ScheduleReviewRequest, _ ...grpc.CallOption) (*incidentv1.ScheduleReviewResponse, error) {
	entries, err := incidentlog.Load(ctx, c.w.log, incident.ID(r.GetIncident()), 0)
	if err != nil {
		return nil, err
	}
	if r.GetEtag() != strconv.Itoa(len(entries)) {
		return nil, status.Error(codes.Aborted, "the incident has moved on")
	}
	review := incident.ScheduleReview{Category: r.GetCategory(), Window: r.GetWindow().AsDuration(), Due: r.GetDueTime().AsTime()}
	for _, id := range r.GetEarlier() {
		review.Earlier = append(review.Earlier, incident.ID(id))
	}
	written, err := c.w.desk.Do(ctx, incident.ID(r.GetIncident()), review)
	if err != nil {
		return nil, status.Error(codes.Aborted, err.Error())
	}
	return &incidentv1.ScheduleReviewResponse{Result: &incidentv1.WriteResult{Unchanged: len(written) == 0}}, nil
}

// reviews are those that the log has of an incident.
func (w *world) reviews(id incident.ID) []incident.ReviewScheduled {
	w.t.Helper()
	entries, err := incidentlog.Load(context.Background(), w.log, id, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	var found []incident.ReviewScheduled
	for _, e := range entries {
		if r, ok := e.Event.(incident.ReviewScheduled); ok {
			found = append(found, r)
		}
	}
	return found
}

func (w *world) do(id incident.ID, cmd incident.Command) {
	w.t.Helper()
	w.desk.Must(w.t, id, cmd)
}

// until waits for what has to come.
func (w *world) until(what string, so func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !so(); _ = wait.For(context.Background(), time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatalf("%s did not come", what)
		}
	}
}

// A second incident of a category asks for a review, which is written once however many
// keepers watch; a third one, declared before it is held, belongs to it.
func TestTheSameCategoryAgain(t *testing.T) {
	w := newWorld(t)
	for range 3 {
		w.watch(&commands{w: w})
	}
	w.do("inc1", incident.Declare{Number: 1, Title: "first", Severity: incident.SEV3, Category: "capacity"})
	w.now.Add(60)
	w.do("inc2", incident.Declare{Number: 2, Title: "second", Severity: incident.SEV3})
	w.do("inc3", incident.Declare{Number: 3, Title: "another", Severity: incident.SEV3, Category: "data"})
	w.now.Add(60)
	w.do("inc2", incident.ChangeCategory{To: "capacity"})
	w.until("a review", func() bool { return len(w.reviews("inc2")) > 0 })
	got := w.reviews("inc2")
	since := begin().Add(2 * time.Hour)
	if r := got[0]; len(got) != 1 || r.Category != "capacity" || len(r.Earlier) != 1 || r.Earlier[0] != "inc1" ||
		r.Window != 90*24*time.Hour || !r.Due.Equal(since.Add(14*24*time.Hour)) || r.FollowUp != 1 {
		t.Errorf("got %+v", got)
	}
	w.now.Add(60)
	w.do("inc4", incident.Declare{Number: 4, Title: "third", Severity: incident.SEV3, Category: "capacity"})
	w.now.Add(60)
	w.do("inc2", incident.EndFollowUp{FollowUp: 1, Outcome: incident.Done})
	w.now.Add(60)
	w.do("inc5", incident.Declare{Number: 5, Title: "fourth", Severity: incident.SEV3, Category: "capacity"})
	w.until("the next review", func() bool { return len(w.reviews("inc5")) > 0 })
	if r := w.reviews("inc5"); len(r) != 1 || len(r[0].Earlier) != 3 || r[0].Earlier[0] != "inc4" {
		t.Errorf("got %+v", r)
	}
	for id, want := range map[incident.ID]int{"inc1": 0, "inc2": 1, "inc3": 0} {
		if got := w.reviews(id); len(got) != want {
			t.Errorf("%s: %d reviews", id, len(got))
		}
	}
}

// A keeper that starts finds what happened while none was there, and nothing twice.
func TestAKeeperThatStartsComparesWhatIsThere(t *testing.T) {
	w := newWorld(t)
	w.do("inc1", incident.Declare{Number: 1, Title: "first", Severity: incident.SEV3, Category: "change"})
	w.do("inc2", incident.Declare{Number: 2, Title: "second", Severity: incident.SEV3, Category: "change"})
	w.do("inc2", incident.Cancel{Reason: "nothing"})
	w.do("inc3", incident.Declare{Number: 3, Title: "third", Severity: incident.SEV3, Category: "change"})
	stop := w.watch(&commands{w: w})
	w.until("a review", func() bool { return len(w.reviews("inc3")) > 0 })
	stop()
	w.now.Add(1)
	w.watch(&commands{w: w})
	w.do("inc4", incident.Declare{Number: 4, Title: "fourth", Severity: incident.SEV3, Category: "data"})
	w.do("inc5", incident.Declare{Number: 5, Title: "fifth", Severity: incident.SEV3, Category: "data"})
	w.until("another review", func() bool { return len(w.reviews("inc5")) > 0 })
	if got := w.reviews("inc3"); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}
