package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
)

// The JSON of Statuspage's API v2, keys in its order. Clients refuse unknown keys,
// so nothing is added; see https://developer.statuspage.io for the contract.
type (
	v2Page struct {
		ID        string `json:"id"`
		Name      string `json:"name"`
		URL       string `json:"url"`
		TimeZone  string `json:"time_zone"`
		UpdatedAt string `json:"updated_at"`
	}
	v2Status struct {
		Indicator   string `json:"indicator"`
		Description string `json:"description"`
	}
	v2Component struct {
		ID                 string  `json:"id"`
		Name               string  `json:"name"`
		Status             string  `json:"status"`
		CreatedAt          string  `json:"created_at"`
		UpdatedAt          string  `json:"updated_at"`
		Position           int32   `json:"position"`
		Description        *string `json:"description"`
		Showcase           bool    `json:"showcase"`
		StartDate          *string `json:"start_date"`
		GroupID            *string `json:"group_id"`
		PageID             string  `json:"page_id"`
		Group              bool    `json:"group"`
		OnlyShowIfDegraded bool    `json:"only_show_if_degraded"`
		// Components is there for groups and for nothing else.
		Components *[]string `json:"components,omitempty"`
	}
	v2Incident struct {
		ID                string        `json:"id"`
		Name              string        `json:"name"`
		Status            string        `json:"status"`
		CreatedAt         string        `json:"created_at"`
		UpdatedAt         string        `json:"updated_at"`
		MonitoringAt      *string       `json:"monitoring_at"`
		ResolvedAt        *string       `json:"resolved_at"`
		Impact            string        `json:"impact"`
		Shortlink         string        `json:"shortlink"`
		StartedAt         string        `json:"started_at"`
		PageID            string        `json:"page_id"`
		IncidentUpdates   []v2Update    `json:"incident_updates"`
		Components        []v2Component `json:"components"`
		ReminderIntervals *string       `json:"reminder_intervals"`
	}
	// v2Maintenance is an incident with a schedule.
	v2Maintenance struct {
		v2Incident
		ScheduledFor   string `json:"scheduled_for"`
		ScheduledUntil string `json:"scheduled_until"`
	}
	v2Update struct {
		ID                   string       `json:"id"`
		Status               string       `json:"status"`
		Body                 string       `json:"body"`
		IncidentID           string       `json:"incident_id"`
		CreatedAt            string       `json:"created_at"`
		UpdatedAt            string       `json:"updated_at"`
		DisplayAt            string       `json:"display_at"`
		AffectedComponents   []v2Affected `json:"affected_components"`
		DeliverNotifications bool         `json:"deliver_notifications"`
		CustomTweet          *string      `json:"custom_tweet"`
		TweetID              *int64       `json:"tweet_id"`
	}
	v2Affected struct {
		Code      string `json:"code"`
		Name      string `json:"name"`
		OldStatus string `json:"old_status"`
		NewStatus string `json:"new_status"`
	}
)

// millis is the form of every date: always three decimals, "Z" for UTC.
const millis = "2006-01-02T15:04:05.000Z07:00"

// v2 turns one page into the parts of the API.
type v2 struct {
	doc  *statusv1.PageDocument
	zone *time.Location
	base string // where the page is, without a slash at the end
	// parts are the components of the API, by id of the document.
	parts map[string]v2Component
	list  []v2Component
}

func newV2(p *page.Page, base string) v2 {
	v := v2{doc: p.Doc, zone: p.Zone, base: base, parts: map[string]v2Component{}, list: []v2Component{}}
	for _, c := range p.Doc.GetComponents() {
		part := v.component(c)
		v.parts[c.GetId()] = part
		v.list = append(v.list, part)
	}
	return v
}

func (v v2) date(us int64) string {
	t := time.UnixMicro(us).In(v.zone)
	if _, offset := t.Zone(); offset == 0 {
		t = t.UTC()
	}
	return t.Format(millis)
}

func (v v2) optional(us int64) *string {
	if us == 0 {
		return nil
	}
	d := v.date(us)
	return &d
}

func (v v2) page() v2Page {
	return v2Page{v.doc.GetId(), v.doc.GetTitle(), v.base, v.doc.GetTimeZone(), v.date(v.doc.GetUpdatedAtUs())}
}

func (v v2) component(c *statusv1.PublicComponent) v2Component {
	out := v2Component{
		ID: c.GetId(), Name: c.GetName(), Status: c.GetStatus(), CreatedAt: v.date(c.GetCreatedAtUs()), UpdatedAt: v.date(c.GetUpdatedAtUs()),
		Position: c.GetPosition(), Description: c.Description, Showcase: c.GetShowcase(), StartDate: c.StartDate, GroupID: c.GroupId,
		PageID: v.doc.GetId(), Group: c.GetGroup(), OnlyShowIfDegraded: c.GetOnlyShowIfDegraded(),
	}
	if c.GetGroup() {
		children := append([]string{}, c.GetChildren()...)
		out.Components = &children
	}
	return out
}

// maintenances are the planned works that keep says, newest first.
func (v v2) maintenances(keep func(*statusv1.PublicIncident) bool) []v2Maintenance {
	list := []v2Maintenance{}
	for _, i := range v.doc.GetIncidents() {
		if i.GetMaintenance() && keep(i) {
			list = append(list, v2Maintenance{v.incident(i), v.date(i.GetScheduledForUs()), v.date(i.GetScheduledUntilUs())})
		}
	}
	return list
}

// incidents are those that keep says, newest first; planned work is not among them.
func (v v2) incidents(keep func(*statusv1.PublicIncident) bool) []v2Incident {
	list := []v2Incident{}
	for _, i := range v.doc.GetIncidents() {
		if !i.GetMaintenance() && keep(i) {
			list = append(list, v.incident(i))
		}
	}
	return list
}

func (v v2) incident(i *statusv1.PublicIncident) v2Incident {
	out := v2Incident{
		ID: i.GetId(), Name: i.GetName(), Status: i.GetStatus(), CreatedAt: v.date(i.GetCreatedAtUs()), UpdatedAt: v.date(i.GetUpdatedAtUs()),
		MonitoringAt: v.optional(i.GetMonitoringAtUs()), ResolvedAt: v.optional(i.GetResolvedAtUs()), Impact: i.GetImpact(),
		Shortlink: v.base + "/incidents/" + i.GetId(), StartedAt: v.date(i.GetStartedAtUs()), PageID: v.doc.GetId(),
		IncidentUpdates: []v2Update{}, Components: []v2Component{},
	}
	for _, u := range i.GetUpdates() {
		out.IncidentUpdates = append(out.IncidentUpdates, v.update(i.GetId(), u))
	}
	for _, id := range i.GetComponentIds() {
		out.Components = append(out.Components, v.parts[id])
	}
	return out
}

func (v v2) update(incident string, u *statusv1.PublicIncidentUpdate) v2Update {
	out := v2Update{
		ID: u.GetId(), Status: u.GetStatus(), Body: body(u.GetBody()), IncidentID: incident, CreatedAt: v.date(u.GetCreatedAtUs()),
		UpdatedAt: v.date(u.GetUpdatedAtUs()), DisplayAt: v.date(u.GetDisplayAtUs()), DeliverNotifications: true,
	}
	for _, a := range u.GetAffectedComponents() {
		out.AffectedComponents = append(out.AffectedComponents, v2Affected{a.GetCode(), a.GetName(), a.GetOldStatus(), a.GetNewStatus()})
	}
	return out
}

func open(i *statusv1.PublicIncident) bool { return !library.Over(i.GetStatus()) }

// status is a pure function of the worst component, as Statuspage computes it;
// incidents do not count.
func (v v2) status() v2Status {
	count, total := map[string]int{}, 0
	for _, c := range v.doc.GetComponents() {
		if !c.GetGroup() {
			count[c.GetStatus()]++
			total++
		}
	}
	switch {
	case count["major_outage"] > 0 && count["major_outage"] == total:
		return v2Status{"critical", "Major Service Outage"}
	case count["major_outage"] > 0:
		return v2Status{"major", "Partial System Outage"}
	case count["partial_outage"] > 0:
		return v2Status{"minor", "Minor Service Outage"}
	case count["degraded_performance"] > 0:
		return v2Status{"minor", "Partially Degraded Service"}
	case count["under_maintenance"] > 0:
		return v2Status{"maintenance", "Service Under Maintenance"}
	}
	return v2Status{"none", "All Systems Operational"}
}

// one is the API's document of one incident.
func (v v2) one(i *statusv1.PublicIncident) ([]byte, error) {
	if i.GetMaintenance() {
		return encode(struct {
			Page     v2Page        `json:"page"`
			Incident v2Maintenance `json:"incident"`
		}{v.page(), v2Maintenance{v.incident(i), v.date(i.GetScheduledForUs()), v.date(i.GetScheduledUntilUs())}})
	}
	return encode(struct {
		Page     v2Page     `json:"page"`
		Incident v2Incident `json:"incident"`
	}{v.page(), v.incident(i)})
}

// encode writes JSON without turning <, > and & into escapes.
func encode(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// listedInAll is how many incidents the list of all of them has.
const listedInAll = 50

// files are the API's documents by path.
func (v v2) files() (map[string][]byte, error) {
	unresolved := v.incidents(open)
	listed := 0
	every := func(*statusv1.PublicIncident) bool { listed++; return listed <= listedInAll }
	upcoming := func(i *statusv1.PublicIncident) bool { return i.GetStatus() == "scheduled" }
	active := func(i *statusv1.PublicIncident) bool { return open(i) && !upcoming(i) }
	type maintenances struct {
		Page v2Page          `json:"page"`
		List []v2Maintenance `json:"scheduled_maintenances"`
	}
	type incidents struct {
		Page v2Page       `json:"page"`
		List []v2Incident `json:"incidents"`
	}
	documents := map[string]any{
		"/api/v2/summary.json": struct {
			Page         v2Page          `json:"page"`
			Components   []v2Component   `json:"components"`
			Incidents    []v2Incident    `json:"incidents"`
			Maintenances []v2Maintenance `json:"scheduled_maintenances"`
			Status       v2Status        `json:"status"`
		}{v.page(), v.list, unresolved, v.maintenances(open), v.status()},
		"/api/v2/status.json": struct {
			Page   v2Page   `json:"page"`
			Status v2Status `json:"status"`
		}{v.page(), v.status()},
		"/api/v2/components.json": struct {
			Page       v2Page        `json:"page"`
			Components []v2Component `json:"components"`
		}{v.page(), v.list},
		"/api/v2/incidents.json":                       incidents{v.page(), v.incidents(every)},
		"/api/v2/incidents/unresolved.json":            incidents{v.page(), unresolved},
		"/api/v2/scheduled-maintenances.json":          maintenances{v.page(), v.maintenances(func(*statusv1.PublicIncident) bool { return true })},
		"/api/v2/scheduled-maintenances/upcoming.json": maintenances{v.page(), v.maintenances(upcoming)},
		"/api/v2/scheduled-maintenances/active.json":   maintenances{v.page(), v.maintenances(active)},
	}
	files := make(map[string][]byte, len(documents))
	for path, value := range documents {
		encoded, err := encode(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files[path] = encoded
	}
	return files, nil
}
