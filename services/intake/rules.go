package intake

import (
	"cmp"
	"sync"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	"github.com/bridgelog/bridgelog/pkg/silence"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
)

// rules reads the routes, silences and runbooks of the catalog.
type rules struct {
	catalog *catalog.Follower
	// attaches is called when there is a route that joins alerts to open incidents.
	attaches func()

	mu   sync.Mutex
	of   *catalog.State
	list []route.Rule

	silences []silence.Silence
	library  *runbook.Library
}

// sorted returns the rules as they are, in the order in which they are tried.
func (r *rules) sorted() []route.Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read()
	return r.list
}

// quiet returns the silences and maintenances as they are, sorted; the same slice as long
// as the catalog is the same.
func (r *rules) quiet() []silence.Silence {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read()
	return r.silences
}

// runbooks returns the runbooks as they are.
func (r *rules) runbooks() *runbook.Library {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read()
	return r.library
}

// read reads the catalog unless that is done.
func (r *rules) read() {
	state := r.catalog.State()
	if r.of == state {
		return
	}
	r.of, r.list, r.silences, r.library = state, nil, state.Silences(), state.Runbooks()
	for _, resource := range state.List("route") {
		rule := ruleOf(resource.Name, resource.Spec.GetRoute())
		if rule.Catalog = state.Sequence(); rule.Attach {
			r.attaches()
		}
		r.list = append(r.list, rule)
	}
	route.Sort(r.list)
}

func ruleOf(name string, spec *catalogv1.RouteSpec) route.Rule {
	return route.Rule{
		Name: name, Source: spec.GetSource(), Match: spec.GetMatch(), Priority: spec.GetPriority(),
		List:   spec.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_LIST,
		Attach: spec.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_ATTACH, Service: spec.GetService(),
		Page: spec.GetAction() == catalogv1.RouteAction_ROUTE_ACTION_PAGE, Urgency: urgencyOf(spec), Team: spec.GetTeam(), Shadow: spec.GetShadow(),
		Tee:      spec.GetTee(),
		Severity: spec.GetSeverity(), GroupBy: spec.GetGroupBy(), Window: spec.GetWindow().AsDuration(),
		GroupByService: spec.GetGroupByService(), Flap: flapRule(spec.GetFlapping()),
	}
}

// flapRule is what a route says of flapping, and the default where it says nothing.
func flapRule(spec *catalogv1.FlappingSpec) alert.FlapRule {
	rule := alert.DefaultFlapRule()
	if spec.GetOff() {
		return alert.FlapRule{}
	}
	if spec.GetEpisodes() > 0 {
		rule.Episodes = int(spec.GetEpisodes())
	}
	if spec.GetWindow() != nil {
		rule.Window = spec.GetWindow().AsDuration()
	}
	return rule
}

// urgencyOf is how much a page disturbs: a route that does not say calls at any hour.
func urgencyOf(spec *catalogv1.RouteSpec) catalogv1.Urgency {
	return cmp.Or(spec.GetUrgency(), catalogv1.Urgency_URGENCY_HIGH)
}
