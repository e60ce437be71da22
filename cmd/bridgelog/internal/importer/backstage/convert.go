package backstage

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Options of a conversion.
type Options struct {
	// Known are the resources that the catalog has already.
	Known []*catalogv1.Resource
	// CreateTeams makes teams of owners that nobody knows, instead of refusing them.
	CreateTeams bool
}

// Result is what descriptors become.
type Result struct {
	// Resources are as they should be. What the catalog has of them and Backstage says
	// nothing of is kept.
	Resources []*catalogv1.Resource
	// Warnings say what was left out.
	Warnings []string
}

// Convert turns descriptors into resources. The error names every owner that nobody
// knows, and where.
func Convert(entities []Entity, o Options) (Result, error) {
	c := converter{options: o, known: map[string]*catalogv1.Resource{}, made: map[string]*catalogv1.Resource{}, passed: map[string]int{}}
	for _, r := range o.Known {
		c.known[r.GetKind()+"/"+r.GetName()] = r
	}
	for i := range entities {
		c.make(&entities[i])
	}
	for i := range entities {
		c.fill(&entities[i])
	}
	for _, kind := range slices.Sorted(maps.Keys(c.passed)) {
		c.warn("%d of kind %s left out: Bridgelog has no such kind", c.passed[kind], kind)
	}
	if len(c.problems) > 0 {
		return Result{}, fmt.Errorf("%s", strings.Join(c.problems, "; "))
	}
	var out Result
	for _, key := range slices.Sorted(maps.Keys(c.made)) {
		out.Resources = append(out.Resources, c.made[key])
	}
	out.Warnings = c.warnings
	return out, nil
}

type converter struct {
	options  Options
	known    map[string]*catalogv1.Resource // "kind/name", of the catalog
	made     map[string]*catalogv1.Resource
	passed   map[string]int // entities of other kinds
	warnings []string
	problems []string
}

func (c *converter) warn(format string, args ...any) {
	c.warnings = append(c.warnings, fmt.Sprintf(format, args...))
}

// kindOf is what an entity becomes; empty: nothing.
func kindOf(entity string) string {
	switch strings.ToLower(entity) {
	case "component", "resource":
		return "service"
	case "group":
		return "team"
	case "user":
		return "person"
	}
	return ""
}

// make makes room for an entity, beginning with what the catalog has.
func (c *converter) make(e *Entity) {
	kind := kindOf(e.Kind)
	if kind == "" {
		c.passed[e.Kind]++
		return
	}
	key := kind + "/" + e.name()
	if c.made[key] != nil {
		c.problems = append(c.problems, fmt.Sprintf("%s:%d: there are two called %s", e.File, e.Line, key))
		return
	}
	c.made[key] = c.begin(kind, e.name())
}

// begin is a resource as the catalog has it, or an empty one.
func (c *converter) begin(kind, name string) *catalogv1.Resource {
	r := &catalogv1.Resource{Kind: kind, Name: name, Spec: &catalogv1.Spec{}}
	if have := c.known[kind+"/"+name]; have != nil {
		if spec, ok := proto.Clone(have.GetSpec()).(*catalogv1.Spec); ok {
			r.Spec = spec
		}
		return r
	}
	switch kind {
	case "service":
		r.Spec.Kind = &catalogv1.Spec_Service{Service: &catalogv1.ServiceSpec{}}
	case "team":
		r.Spec.Kind = &catalogv1.Spec_Team{Team: &catalogv1.TeamSpec{}}
	default:
		r.Spec.Kind = &catalogv1.Spec_Person{Person: &catalogv1.PersonSpec{}}
	}
	return r
}

// exists reports whether there is such a resource, or will be.
func (c *converter) exists(kind, name string) bool {
	return c.made[kind+"/"+name] != nil || c.known[kind+"/"+name] != nil
}

func (c *converter) fill(e *Entity) {
	r := c.made[kindOf(e.Kind)+"/"+e.name()]
	switch {
	case r == nil:
	case r.GetSpec().GetService() != nil:
		c.service(r.GetSpec().GetService(), e)
	case r.GetSpec().GetTeam() != nil:
		c.team(r, r.GetSpec().GetTeam(), e)
	default:
		c.person(r, r.GetSpec().GetPerson(), e)
	}
}

func (c *converter) service(s *catalogv1.ServiceSpec, e *Entity) {
	set(&s.DisplayName, e.Metadata.Title)
	set(&s.Description, e.Metadata.Description)
	set(&s.Owner, c.owner(e))
	if tier := tierOf(e); tier > 0 {
		s.Tier = tier
	}
	for _, link := range e.Metadata.Links {
		addLink(s, link)
	}
	for _, key := range slices.Sorted(maps.Keys(e.Metadata.Annotations)) {
		if value := e.Metadata.Annotations[key]; isRunbook(key) && strings.HasPrefix(value, "http") {
			s.RunbookUrl = value
		}
	}
	for _, text := range e.Spec.DependsOn {
		if other := parse(text, "component"); c.depends(e, text, other) {
			s.DependsOn = with(s.GetDependsOn(), other.name)
		}
	}
	for _, text := range e.Spec.DependencyOf {
		other := c.made["service/"+parse(text, "component").name]
		if other.GetSpec().GetService() != nil {
			other.GetSpec().GetService().DependsOn = with(other.GetSpec().GetService().GetDependsOn(), e.name())
		}
	}
}

// depends reports whether a dependency can be kept, and warns when it cannot.
func (c *converter) depends(e *Entity, text string, other reference) bool {
	switch {
	case kindOf(other.kind) != "service":
		c.warn("%s:%d: %s depends on %s, which is no service: left out", e.File, e.Line, e.name(), text)
	case !c.exists("service", other.name):
		c.warn("%s:%d: %s depends on %s, which is neither here nor in the catalog: left out", e.File, e.Line, e.name(), text)
	default:
		return true
	}
	return false
}

// owner is the team that owns an entity.
func (c *converter) owner(e *Entity) string {
	if e.Spec.Owner == "" {
		return ""
	}
	owner := parse(e.Spec.Owner, "group")
	switch {
	case owner.kind == "user":
		c.warn("%s:%d: %s is owned by %s, a person: services are owned by teams, so it stays without an owner", e.File, e.Line, e.name(), e.Spec.Owner)
		return ""
	case c.exists("team", owner.name):
	case c.options.CreateTeams:
		c.made["team/"+owner.name] = c.begin("team", owner.name)
		c.warn("team %s is made without members", owner.name)
	default:
		c.problems = append(c.problems, fmt.Sprintf(
			"%s:%d: %s is owned by %q, and there is no such team: import its Group as well, apply a Team of that name, or add --create-teams",
			e.File, e.Line, e.name(), e.Spec.Owner))
	}
	return owner.name
}

func (c *converter) team(r *catalogv1.Resource, s *catalogv1.TeamSpec, e *Entity) {
	set(&s.DisplayName, first(e.Spec.Profile.DisplayName, e.Metadata.Title))
	set(&s.Description, e.Metadata.Description)
	if parent := parse(e.Spec.Parent, "group"); parent.name != "" && c.exists("team", parent.name) {
		s.Parent = parent.name
	}
	for _, text := range e.Spec.Members {
		if member := parse(text, "user"); c.exists("person", member.name) {
			s.Members = with(s.GetMembers(), member.name)
		} else {
			c.warn("%s:%d: %s has the member %s, who is neither here nor in the catalog: left out", e.File, e.Line, r.GetName(), text)
		}
	}
}

func (c *converter) person(r *catalogv1.Resource, s *catalogv1.PersonSpec, e *Entity) {
	set(&s.DisplayName, first(e.Spec.Profile.DisplayName, e.Metadata.Title))
	set(&s.Email, e.Spec.Profile.Email)
	for _, text := range e.Spec.MemberOf {
		if team := c.made["team/"+parse(text, "group").name]; team != nil {
			team.GetSpec().GetTeam().Members = with(team.GetSpec().GetTeam().GetMembers(), r.GetName())
		}
	}
}

var digit = regexp.MustCompile(`[1-5]`)

// tierOf is how much depends on an entity: what an annotation or a label says that is
// called tier, or least for what is not in production; 0: nobody says.
func tierOf(e *Entity) int32 {
	for _, said := range []map[string]string{e.Metadata.Annotations, e.Metadata.Labels} {
		for _, key := range slices.Sorted(maps.Keys(said)) {
			if key != "tier" && !strings.HasSuffix(key, "/tier") {
				continue
			}
			if n, err := strconv.ParseInt(digit.FindString(said[key]), 10, 32); err == nil {
				return int32(n)
			}
		}
	}
	switch strings.ToLower(e.Spec.Lifecycle) {
	case "experimental", "development", "deprecated":
		return 5
	}
	return 0
}

func isRunbook(word string) bool {
	word = strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(word))
	return strings.Contains(word, "runbook")
}

// addLink puts a link where it belongs: the first runbook, or the dashboards.
func addLink(s *catalogv1.ServiceSpec, link Link) {
	title := first(link.Title, link.Type, link.URL)
	switch {
	case !strings.HasPrefix(link.URL, "http://") && !strings.HasPrefix(link.URL, "https://"):
	case isRunbook(link.Type) || isRunbook(link.Title):
		set(&s.RunbookUrl, link.URL)
	case !slices.ContainsFunc(s.GetDashboards(), func(have *catalogv1.Link) bool { return have.GetUrl() == link.URL }):
		s.Dashboards = append(s.GetDashboards(), &catalogv1.Link{Title: title, Url: link.URL})
	}
}

// set changes a text when there is another.
func set(text *string, to string) {
	if to = strings.TrimSpace(to); to != "" {
		*text = to
	}
}

func first(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// with adds a name to a list that does not have it.
func with(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}
