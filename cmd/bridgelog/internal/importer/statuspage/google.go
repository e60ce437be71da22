package statuspage

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// googleIncident is one incident of Google Cloud's list.
type googleIncident struct {
	ID           string         `json:"id"`
	URI          string         `json:"uri"`
	Begin        moment         `json:"begin"`
	Created      moment         `json:"created"`
	End          moment         `json:"end"`
	ExternalDesc string         `json:"external_desc"`
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

// google adds an incident of Google's list.
func (c *collector) google(_ int, raw json.RawMessage) error {
	var in googleIncident
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	uri := strings.TrimPrefix(in.URI, "/")
	id := cmp.Or(in.ID, strings.TrimPrefix(uri, "incident/"))
	start := cmp.Or(in.Begin, in.Created)
	if start.IsZero() {
		return fmt.Errorf("incident %s: %w", id, importer.ErrNoTime)
	}
	h := importer.NewHistory(&incidentv1.DeclareIncidentRequest{
		Title: in.ExternalDesc, OccurredAt: timestamppb.New(start.Time), Severity: googleSeverity(in.Severity),
		External: &incidentv1.ExternalReference{
			System: c.system("statuspage:status.cloud.google.com"), Id: id,
			Url: "https://status.cloud.google.com/" + uri,
		},
	})
	products := c.products(in)
	slices.SortStableFunc(in.Updates, func(a, b googleUpdate) int { return a.at().Compare(b.at()) })
	if !in.End.IsZero() {
		h.Status(in.End.Time, incidentv1.Status_STATUS_RESOLVED, "")
	}
	ids := newIDs()
	for _, u := range in.Updates {
		over := u.Status == "AVAILABLE" || !in.End.IsZero() && !u.at().Before(in.End.Time)
		p := importer.Public{
			ID: ids.of(u.at(), u.Status, u.Text), Message: u.Text,
			Status: incidentv1.Status_STATUS_INVESTIGATING, SourceStatus: strings.ToLower(u.Status),
		}
		if over {
			p.Status = incidentv1.Status_STATUS_RESOLVED
		}
		p.Components = impactOn(products, googleComponent(u.Status, over))
		h.Publish(u.at(), p)
	}
	return c.keep(h)
}

// products returns the ids of the products of an incident and remembers their
// names.
func (c *collector) products(in googleIncident) []string {
	named := in.Products
	if len(named) == 0 {
		named = []googleNamed{{ID: in.ServiceKey, Title: in.ServiceName}}
	}
	var ids []string
	for _, p := range named {
		id := strings.TrimSpace(cmp.Or(p.ID, p.Title))
		if id == "" || slices.Contains(ids, id) {
			continue
		}
		ids = append(ids, id)
		c.component(importer.Component{ID: id, Name: p.Title}, false)
	}
	return ids
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
