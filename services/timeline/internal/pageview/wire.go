package pageview

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/page"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// wire is a page as readers see it, without what other rows say.
func wire(s page.State) *signalv1.Page {
	r := s.Requested
	p := &signalv1.Page{
		AlertId: r.Alert, Route: r.Route, Urgency: r.Urgency, Team: r.Team, Service: r.Service, Severity: incidentv1.Severity(r.Severity),
		Shadow: r.Shadow, State: stateOf(s), Problem: r.Whom.Problem, RequestedTime: stamp(r.At), NotBeforeTime: stamp(r.NotBefore),
		AcknowledgedBy: s.Acknowledged.By, AcknowledgedTime: stamp(s.Acknowledged.At), EndedTime: stamp(s.EndedAt),
		CatalogRevision: r.Revision, CatalogSequence: r.Sequence,
	}
	for _, to := range r.Recipients {
		person := &signalv1.PagedPerson{PersonId: to.Person, Problem: to.Problem}
		for _, w := range to.Ways {
			told := s.Of(to.Person, w.Number)
			person.Ways = append(person.Ways, &signalv1.PagedWay{
				Number: int32(w.Number), Type: w.Type, Integration: w.Integration, State: wayState(s, w, told), Attempts: int32(told.Attempt),
				Time: stamp(told.At), Problem: w.Problem, Reason: told.Reason, ReasonText: told.Problem,
			})
		}
		p.People = append(p.People, person)
	}
	return p
}

// stateOf says where a page stands in its life.
func stateOf(s page.State) signalv1.PageState {
	switch {
	case s.Requested.Shadow:
		return signalv1.PageState_PAGE_STATE_SHADOW
	case s.Ended():
		return signalv1.PageState_PAGE_STATE_ENDED
	case s.IsAcknowledged():
		return signalv1.PageState_PAGE_STATE_ACKNOWLEDGED
	case !s.Requested.Reachable():
		return signalv1.PageState_PAGE_STATE_NOBODY
	}
	return signalv1.PageState_PAGE_STATE_CALLING
}

// wayState says where telling somebody by one way stands.
func wayState(s page.State, w page.Way, told page.Told) signalv1.PageWayState {
	switch {
	case !w.Usable():
		return signalv1.PageWayState_PAGE_WAY_STATE_NO_WAY
	case s.Requested.Shadow:
		return signalv1.PageWayState_PAGE_WAY_STATE_SHADOW
	case told.Delivered:
		return signalv1.PageWayState_PAGE_WAY_STATE_DELIVERED
	case told.Failed:
		return signalv1.PageWayState_PAGE_WAY_STATE_FAILED
	case !s.Calls():
		return signalv1.PageWayState_PAGE_WAY_STATE_STOPPED
	case told.Attempt > 0:
		return signalv1.PageWayState_PAGE_WAY_STATE_ATTEMPTED
	}
	return signalv1.PageWayState_PAGE_WAY_STATE_WAITING
}

func stamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
