package investigate

import (
	"context"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/changeview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/propose"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/suspect"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
)

const op = "list suspects"

// Bounds of one answer.
const (
	defaultWindow = 24 * time.Hour
	maxChanges    = 500 // that are looked at
	maxIncidents  = 50
	maxSuspects   = 50 // that are told
	// longestOutage is how long before the start an outage of a third party may have
	// begun that lasts.
	longestOutage = 30 * 24 * time.Hour
)

// ListSuspects implements the RPC.
func (s *Service) ListSuspects(ctx context.Context, r *timelinev1.ListSuspectsRequest) (*timelinev1.ListSuspectsResponse, error) {
	ref, err := store.ParseRef(r.GetIncident())
	if err != nil {
		return nil, s.reader.Refuse(err)
	}
	at, err := travel.Of(r.GetAt())
	if err != nil {
		return nil, err
	}
	window := defaultWindow
	if r.GetWindow() != nil {
		window = r.GetWindow().AsDuration()
	}
	if !at.IsPresent() {
		return s.pastSuspects(ctx, ref, r.GetPosition(), window, at)
	}
	var answer *timelinev1.ListSuspectsResponse
	err = s.reader.Read(ctx, op, r.GetPosition(), func(snapshot *store.Snapshot) error {
		incident, err := snapshot.Incident(ctx, ref)
		if err != nil {
			return err
		}
		in := inquiryOf(incident, window, s.catalog.State())
		if err := in.gather(ctx, present{snapshot}); err != nil {
			return err
		}
		answer = in.answer()
		return nil
	})
	return answer, err
}

// inquiry is one search for suspects.
type inquiry struct {
	incident *timelinev1.Incident
	from     string // what says when it began
	services []string
	question suspect.Question
	names    map[string]string // of services, by what changes may call them

	changes   map[string]*signalv1.Change
	incidents map[string]*timelinev1.Incident
	truncated bool
}

func inquiryOf(i *timelinev1.Incident, window time.Duration, state *catalog.State) *inquiry {
	in := &inquiry{
		incident: i, from: "declaration", services: affected(i), names: map[string]string{},
		changes: map[string]*signalv1.Change{}, incidents: map[string]*timelinev1.Incident{},
	}
	in.question = suspect.Question{Start: i.GetDeclaredTime().AsTime(), Window: window}
	if start := i.GetImpactWindow().GetStartTime(); start != nil {
		in.from, in.question.Start = "impact start", start.AsTime()
	}
	if end := i.GetResolvedTime(); end != nil {
		in.question.End = end.AsTime()
	}
	in.question.Ways = graphOf(state).Needs(in.services)
	for name := range in.question.Ways {
		in.names[name] = name
		if r, ok := state.Get("service", name); ok && r.Spec.GetService().GetDisplayName() != "" {
			in.names[r.Spec.GetService().GetDisplayName()] = name
		}
	}
	return in
}

// source is where changes and incidents are read: the present, or the past.
type source interface {
	// changes are those that are looked for, the latest first, and whether there are more.
	changes(ctx context.Context, q changeview.Query) ([]*signalv1.Change, bool, error)
	// open are the open incidents that are looked for, the latest first, and whether there
	// are more.
	open(ctx context.Context, q store.ListQuery) ([]*timelinev1.Incident, bool, error)
}

// gather reads the changes of the window and the open incidents of what is depended on.
func (in *inquiry) gather(ctx context.Context, from source) error {
	q := in.question
	changes, more, err := from.changes(ctx, changeview.Query{
		Services: slices.Sorted(maps.Keys(in.names)), Since: q.Start.Add(-q.Window), Until: q.Start.Add(time.Microsecond), Limit: maxChanges,
	})
	if err != nil {
		return err
	}
	outages, moreOutages, err := from.changes(ctx, changeview.Query{
		Services: slices.Sorted(maps.Keys(in.names)), Kinds: []change.Kind{change.Outage}, Since: q.Start.Add(-longestOutage), Until: q.End, Limit: maxChanges,
	})
	if err != nil {
		return err
	}
	in.truncated = more || moreOutages
	for _, c := range slices.Concat(changes, outages) {
		in.changes[c.GetId()] = c
	}
	needed := in.dependencies()
	if len(needed) == 0 {
		return nil
	}
	open, more, err := from.open(ctx, store.ListQuery{Services: needed, Drills: in.incident.GetDrill(), Limit: maxIncidents})
	if err != nil {
		return err
	}
	in.truncated = in.truncated || more
	for _, i := range open {
		if i.GetId() != in.incident.GetId() {
			in.incidents[i.GetId()] = briefly(i)
		}
	}
	return nil
}

// present reads what is so now.
type present struct{ *store.Snapshot }

func (p present) changes(ctx context.Context, q changeview.Query) ([]*signalv1.Change, bool, error) {
	return changeview.List(ctx, p.Snapshot, q)
}

func (p present) open(ctx context.Context, q store.ListQuery) ([]*timelinev1.Incident, bool, error) {
	q.Open = true
	found, more, err := p.List(ctx, q)
	open := make([]*timelinev1.Incident, len(found))
	for n, i := range found {
		open[n] = i.Incident
	}
	return open, more, err
}

// briefly is what is told of another incident.
func briefly(i *timelinev1.Incident) *timelinev1.Incident {
	return &timelinev1.Incident{
		Id: i.GetId(), Number: i.GetNumber(), Name: i.GetName(), Title: i.GetTitle(), Severity: i.GetSeverity(), Status: i.GetStatus(),
		Private: i.GetPrivate(), Drill: i.GetDrill(), Services: i.GetServices(), DeclaredTime: i.GetDeclaredTime(),
	}
}

// dependencies are the services that are depended on, by name.
func (in *inquiry) dependencies() []string {
	var out []string
	for name, way := range in.question.Ways {
		if way.Distance() > 0 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

func (in *inquiry) rank() []suspect.Suspect {
	var changes []suspect.Change
	for _, c := range in.changes {
		service := c.GetService()
		if name, ok := in.names[service]; ok {
			service = name
		}
		changes = append(changes, suspect.Change{
			ID: c.GetId(), Kind: change.Kind(c.GetKind()), Outcome: change.Outcome(c.GetOutcome()), Service: service,
			Began: c.GetStartedTime().AsTime(), Ended: timeOf(c.GetEndedTime()), Says: saysOf(c),
		})
	}
	var incidents []suspect.Incident
	for _, i := range in.incidents {
		incidents = append(incidents, suspect.Incident{ID: i.GetId(), Services: i.GetServices(), Began: i.GetDeclaredTime().AsTime()})
	}
	return suspect.Rank(in.question, changes, incidents)
}

func (in *inquiry) answer() *timelinev1.ListSuspectsResponse {
	r := &timelinev1.ListSuspectsResponse{
		StartTime: timestamppb.New(in.question.Start), StartFrom: in.from,
		SinceTime: timestamppb.New(in.question.Start.Add(-in.question.Window)),
		Services:  in.services, Dependencies: in.dependencies(), ProposedBy: proposedBy, Truncated: in.truncated,
		Checks: in.incident.GetChecks(), Start: propose.Start(in.incident), Trend: propose.Trend(in.incident),
	}
	for _, s := range in.rank() {
		if len(r.Suspects) == maxSuspects {
			r.Truncated = true
			break
		}
		told := &timelinev1.Suspect{Reasons: s.Reasons, Weight: int32(s.Weight), Way: s.Way}
		if s.Incident {
			told.What = &timelinev1.Suspect_Incident{Incident: in.incidents[s.ID]}
		} else {
			told.What = &timelinev1.Suspect_Change{Change: in.changes[s.ID]}
		}
		r.Suspects = append(r.Suspects, told)
	}
	return r
}

// saysOf is what a third party reports, for an outage.
func saysOf(c *signalv1.Change) string {
	if change.Kind(c.GetKind()) != change.Outage {
		return ""
	}
	if c.GetTitle() == "" {
		return "a third party reported an outage; what it said was redacted"
	}
	return c.GetTitle() + " since " + c.GetStartedTime().AsTime().UTC().Format("2006-01-02 15:04") + " UTC"
}

func timeOf(t *timestamppb.Timestamp) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime()
}
