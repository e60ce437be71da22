package intake

import (
	"sync"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
)

// rules reads the routes of the catalog.
type rules struct {
	catalog *catalog.Follower

	mu   sync.Mutex
	of   *catalog.State
	list []route.Rule
}

// sorted returns the rules as they are, in the order in which they are tried.
func (r *rules) sorted() []route.Rule {
	state := r.catalog.State()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of == state {
		return r.list
	}
	r.of, r.list = state, nil
	for _, resource := range state.List("route") {
		r.list = append(r.list, ruleOf(resource.Name, resource.Spec.GetRoute()))
	}
	route.Sort(r.list)
	return r.list
}

func ruleOf(name string, spec *catalogv1.RouteSpec) route.Rule {
	return route.Rule{
		Name: name, Source: spec.GetSource(), Match: spec.GetMatch(), Priority: spec.GetPriority(),
		List:   spec.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_LIST,
		Attach: spec.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_ATTACH, Service: spec.GetService(),
		Severity: spec.GetSeverity(), GroupBy: spec.GetGroupBy(), Window: spec.GetWindow().AsDuration(),
	}
}
