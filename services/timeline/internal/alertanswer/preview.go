package alertanswer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/silence"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/alertview"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

const (
	// maxLookedAt bounds the alerts that a preview looks at, previewPage those that are
	// read at once, and maxShown those that are shown.
	maxLookedAt = 10_000
	previewPage = 500
	maxShown    = 20
)

// PreviewSilence implements the RPC.
func (s *Service) PreviewSilence(ctx context.Context, r *signalv1.PreviewSilenceRequest) (*signalv1.PreviewSilenceResponse, error) {
	state := s.catalog.State()
	wanted := silence.Silence{Source: r.GetSource()}
	for i, text := range r.GetMatch() {
		m, err := silence.ParseMatcher(text)
		if err != nil {
			return nil, rpc.InvalidField(fmt.Sprintf("match[%d]", i), "not_a_matcher", err.Error())
		}
		wanted.Match = append(wanted.Match, m)
	}
	for _, called := range r.GetServices() {
		wanted.Services = append(wanted.Services, state.ServiceCalled(called))
	}
	answer := &signalv1.PreviewSilenceResponse{}
	err := s.reader.Read(ctx, "preview silence", r.GetPosition(), func(snapshot *store.Snapshot) error {
		answer.Reset()
		if r.GetAlert() != "" {
			of, err := alertview.Get(ctx, snapshot, r.GetAlert())
			if err != nil {
				return err
			}
			wanted.Source, wanted.Fingerprint = of.GetSource(), of.GetFingerprint()
		}
		return preview(ctx, snapshot, state, wanted, answer)
	})
	if err != nil {
		return nil, err
	}
	named(state, answer.GetAlerts()...)
	return answer, nil
}

// preview looks at the alerts that are firing, the latest first.
func preview(ctx context.Context, snapshot *store.Snapshot, state *catalog.State, wanted silence.Silence, answer *signalv1.PreviewSilenceResponse) error {
	routes := routesOf(state)
	q := alertview.Query{Open: true, Source: wanted.Source, Limit: previewPage}
	for more := true; more && answer.GetLookedAt() < maxLookedAt; {
		var page []*signalv1.Alert
		var err error
		if page, more, err = alertview.List(ctx, snapshot, q); err != nil {
			return err
		}
		for _, a := range page {
			answer.LookedAt++
			if !wanted.Matches(silenceable(state, routes, a)) {
				continue
			}
			if answer.Matching++; len(answer.GetAlerts()) < maxShown {
				answer.Alerts = append(answer.Alerts, a)
			}
		}
		if len(page) > 0 {
			last := page[len(page)-1]
			q.After = &alertview.Cursor{Started: last.GetStartedTime().AsTime().UnixMicro(), ID: last.GetId()}
		}
	}
	return nil
}

// routesOf are the routes in the order in which they are tried.
func routesOf(state *catalog.State) []*catalog.Resource {
	routes := slices.Clone(state.List("route"))
	slices.SortStableFunc(routes, func(a, b *catalog.Resource) int {
		return cmp.Compare(a.Spec.GetRoute().GetPriority(), b.Spec.GetRoute().GetPriority())
	})
	return routes
}

// serviceOf is the service of an alert by the route that would take it now, as intake
// finds it when a silence begins; "" when that names none.
func serviceOf(routes []*catalog.Resource, a *signalv1.Alert) string {
	for _, r := range routes {
		if route := r.Spec.GetRoute(); alert.Takes(route.GetSource(), route.GetMatch(), a.GetSource(), a.GetLabels()) {
			return alert.Fill(route.GetService(), a.GetLabels())
		}
	}
	return ""
}

// silenceable is what decides whether an alert is concerned.
func silenceable(state *catalog.State, routes []*catalog.Resource, a *signalv1.Alert) silence.Alert {
	return silence.Alert{
		Source: a.GetSource(), Fingerprint: a.GetFingerprint(), Labels: a.GetLabels(), Service: func() string {
			name := cmp.Or(serviceOf(routes, a), a.GetLabels()["service"])
			if name == "" {
				return ""
			}
			return state.ServiceCalled(name)
		},
	}
}
