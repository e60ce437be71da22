package statuspage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// googleIncident is one incident of Google Cloud's list, without its id.
type googleIncident struct {
	URI          string         `json:"uri"`
	Begin        moment         `json:"begin"`
	Created      moment         `json:"created"`
	End          moment         `json:"end"`
	ExternalDesc *string        `json:"external_desc"`
	Severity     string         `json:"severity"`
	ServiceKey   string         `json:"service_key"`
	ServiceName  string         `json:"service_name"`
	Products     []googleNamed  `json:"affected_products"`
	Updates      []googleUpdate `json:"updates"`
}

type googleNamed struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type googleUpdate struct {
	Created moment `json:"created"`
	When    moment `json:"when"`
	Status  string `json:"status"`
	Text    string `json:"text"`
}

func (u googleUpdate) at() time.Time {
	if !u.When.IsZero() {
		return u.When.Time
	}
	return u.Created.Time
}

// overWithoutWord stands for an update that nobody wrote: the list has the end of an
// incident, of which its last update says nothing.
const overWithoutWord = "This incident is over."

// lateGoogle is an incident that waits until all ids of products are known.
type lateGoogle struct {
	line int
	id   string
	in   googleIncident
}

// google takes an incident of Google's list. Older ones name products without their
// ids, which other incidents of the list know.
func (c *collector) google(line int, id string, in googleIncident) {
	for _, p := range in.Products {
		if p.ID != "" {
			c.products[p.Title] = p.ID
		}
	}
	c.late = append(c.late, lateGoogle{line, id, in})
}

// addLate adds the incidents of Google's list.
func (c *collector) addLate() {
	for _, l := range c.late {
		if err := c.addGoogle(l.id, l.in); err != nil {
			c.problem(l.line, err)
		}
	}
	c.late = nil
}

func (c *collector) addGoogle(id string, in googleIncident) error {
	uri := strings.TrimPrefix(in.URI, "/")
	id = cmp.Or(id, strings.TrimPrefix(uri, "incident/"))
	start := cmp.Or(in.Begin, in.Created)
	if start.IsZero() {
		return fmt.Errorf("incident %s: %w", id, importer.ErrNoTime)
	}
	h := importer.NewHistory(&incidentv1.DeclareIncidentRequest{
		Title: *in.ExternalDesc, OccurredAt: timestamppb.New(start.Time), Severity: googleSeverity(in.Severity),
		External: &incidentv1.ExternalReference{
			System: c.system("statuspage:status.cloud.google.com"), Id: id,
			Url: "https://status.cloud.google.com/" + uri,
		},
	})
	products := c.productsOf(in)
	slices.Reverse(in.Updates) // the newest come first; those of the same time keep their order
	slices.SortStableFunc(in.Updates, func(a, b googleUpdate) int { return a.at().Compare(b.at()) })
	if !in.End.IsZero() {
		h.Status(in.End.Time, incidentv1.Status_STATUS_RESOLVED, "")
	}
	ids, over := newIDs(), false
	for _, u := range in.Updates {
		over = u.Status == "AVAILABLE" || !in.End.IsZero() && !u.at().Before(in.End.Time)
		p := importer.Public{
			ID: ids.of(u.at(), u.Status, u.Text), Message: u.Text,
			Status: incidentv1.Status_STATUS_INVESTIGATING, SourceStatus: strings.ToLower(u.Status), Impact: googleImpact(in.Severity),
		}
		if over {
			p.Status = incidentv1.Status_STATUS_RESOLVED
		}
		p.Components = impactOn(products, googleComponent(u.Status, over))
		h.Publish(u.at(), p)
	}
	if !over && !in.End.IsZero() {
		h.Publish(in.End.Time, importer.Public{
			ID: ids.of(in.End.Time, "end", ""), Status: incidentv1.Status_STATUS_RESOLVED, Message: overWithoutWord,
			Components: impactOn(products, incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL),
		})
	}
	return c.keep(h)
}

// productsOf returns the ids of the products of an incident and remembers their
// names.
func (c *collector) productsOf(in googleIncident) []string {
	named := in.Products
	if len(named) == 0 {
		named = []googleNamed{{ID: cmp.Or(c.products[in.ServiceName], in.ServiceKey), Title: in.ServiceName}}
	}
	var ids []string
	for _, p := range named {
		id := cmp.Or(p.ID, c.products[p.Title], slug(p.Title))
		if id == "" || slices.Contains(ids, id) {
			continue
		}
		ids = append(ids, id)
		c.component(importer.Component{ID: id, Name: p.Title}, false)
	}
	return ids
}

// slug makes an id out of a name that has none.
func slug(name string) string {
	other := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	id := strings.Join(strings.FieldsFunc(strings.ToLower(name), other), "-")
	return id[:min(len(id), 64)]
}

func impactOn(components []string, status incidentv1.ComponentStatus) []*incidentv1.ComponentImpact {
	if status == incidentv1.ComponentStatus_COMPONENT_STATUS_UNSPECIFIED {
		return nil
	}
	var out []*incidentv1.ComponentImpact
	for _, id := range components {
		out = append(out, &incidentv1.ComponentImpact{Component: id, Status: status})
	}
	return out
}

func googleSeverity(word string) incidentv1.Severity {
	switch word {
	case "high":
		return incidentv1.Severity_SEVERITY_SEV1
	case "medium":
		return incidentv1.Severity_SEVERITY_SEV2
	case "low":
		return incidentv1.Severity_SEVERITY_SEV3
	}
	return incidentv1.Severity_SEVERITY_UNSPECIFIED
}

// googleImpact is the word of Statuspage that stands for the same severity.
func googleImpact(word string) string {
	switch word {
	case "high":
		return "critical"
	case "medium":
		return "major"
	case "low":
		return "minor"
	}
	return ""
}

// googleComponent is the state of the products after an update. The oldest
// updates carry no status: they say nothing until the incident is over.
func googleComponent(status string, over bool) incidentv1.ComponentStatus {
	switch {
	case over:
		return incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL
	case status == "SERVICE_OUTAGE":
		return incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE
	case status == "SERVICE_DISRUPTION":
		return incidentv1.ComponentStatus_COMPONENT_STATUS_PARTIAL_OUTAGE
	}
	return incidentv1.ComponentStatus_COMPONENT_STATUS_UNSPECIFIED
}
