package route

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// Rule says which alerts become which incidents.
type Rule struct {
	// Name is the rule's name in the catalog.
	Name string
	// Source is the door it applies to; empty: every door.
	Source string
	// Match are the labels that have to be equal, all of them.
	Match map[string]string
	// Priority: lower is tried first, equal ones by name.
	Priority int32
	// List keeps the alert and declares nothing.
	List bool
	// Attach joins the open incident of the service, and declares nothing.
	Attach bool
	// Page calls people, and declares nothing.
	Page bool
	// Urgency of the page.
	Urgency catalogv1.Urgency
	// Team is who is called; "{{label}}" takes the value of a label; empty: the owner of
	// the service.
	Team string
	// Shadow only writes down who would be called.
	Shadow bool
	// Tee are the integrations that hear of the alert as well, by name.
	Tee []string
	// Catalog is the place in the log up to which the catalog was known that holds the
	// rule.
	Catalog uint64
	// Service is the service concerned; "{{label}}" takes the value of a label.
	Service string
	// Severity of the incident.
	Severity incidentv1.Severity
	// GroupBy are the labels whose values make alerts belong together; none: the
	// sender's group.
	GroupBy []string
	// Window ends a group that long after its last alert; 0: with its incident.
	Window time.Duration
	// GroupByService makes alerts of one service belong together, whatever their door.
	GroupByService bool
	// Flap says from when on an alert is flapping.
	Flap alert.FlapRule
}

// Sort puts rules into the order in which they are tried.
func Sort(rules []Rule) {
	slices.SortFunc(rules, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name))
	})
}

// Match returns the first of the sorted rules that takes an alert, and false
// when none does.
func Match(sorted []Rule, source string, labels map[string]string) (Rule, bool) {
	for i := range sorted {
		if sorted[i].takes(source, labels) {
			return sorted[i], true
		}
	}
	return Rule{}, false
}

func (r *Rule) takes(source string, labels map[string]string) bool {
	return alert.Takes(r.Source, r.Match, source, labels)
}

// GroupKey returns what alerts of one group have in common: the values of the
// rule's labels, a missing one counting as empty, or else the sender's key.
func (r *Rule) GroupKey(senders string, labels map[string]string) string {
	if len(r.GroupBy) == 0 {
		return senders
	}
	var b strings.Builder
	for _, name := range r.GroupBy {
		b.WriteString(strconv.Quote(name) + "=" + strconv.Quote(labels[name]) + ",")
	}
	return b.String()
}

// maxName is how long the name of a team or service may be, in bytes.
const maxName = 128

// name is a name that a label may have given, without the space around it; one that is
// too long or has several lines is none.
func name(given string) string {
	if given = incident.SanitizeName(given); len(given) > maxName {
		return ""
	}
	return given
}

// ServiceFor returns the service concerned; empty when the rule names none, or the label
// that it takes is missing or no name.
func (r *Rule) ServiceFor(labels map[string]string) string {
	return name(alert.Fill(r.Service, labels))
}

// TeamFor returns the team that is called; empty when the rule names none, or the label
// that it takes is missing or no name.
func (r *Rule) TeamFor(labels map[string]string) string { return name(alert.Fill(r.Team, labels)) }

// ServiceCalled returns the service whose owner is called where no team is: that of the
// rule, else the one in the label "service".
func (r *Rule) ServiceCalled(labels map[string]string) string {
	return cmp.Or(r.ServiceFor(labels), name(labels["service"]))
}
