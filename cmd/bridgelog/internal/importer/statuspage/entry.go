package statuspage

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// feedEntry is one incident of a page's history feed.
type feedEntry struct {
	EntryID    string        `json:"entry_id"`
	Title      string        `json:"title"`
	URL        string        `json:"url"`
	Impact     string        `json:"impact"`
	StartedAt  moment        `json:"started_at"`
	ResolvedAt moment        `json:"resolved_at"`
	Updates    []feedMessage `json:"updates"`
	Components []string      `json:"components"`
}

// unchanged heads an update of a feed that left the status as it was.
const unchanged = "update"

// feedMessage is one update of a feed's entry.
type feedMessage struct {
	At      moment `json:"at"`
	Status  string `json:"status"`
	Message string `json:"message"`
}

// entry adds a feed's entry that was transcribed to a line of JSON.
func (c *collector) entry(_ int, raw json.RawMessage) error {
	var in feedEntry
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	return c.feedEntry(in)
}

func (c *collector) feedEntry(in feedEntry) error {
	host, id := address(in.URL, in.EntryID)
	slices.SortStableFunc(in.Updates, func(a, b feedMessage) int { return a.At.Compare(b.At.Time) })
	start := in.StartedAt
	if start.IsZero() && len(in.Updates) > 0 {
		start = in.Updates[0].At
	}
	if start.IsZero() {
		return fmt.Errorf("incident %s: %w", id, importer.ErrNoTime)
	}
	declare := &incidentv1.DeclareIncidentRequest{
		Title: in.Title, OccurredAt: timestamppb.New(start.Time), Severity: severityOf(in.Impact),
		External: &incidentv1.ExternalReference{
			System: c.system("statuspage:" + host), Id: id, Url: webAddress(in.URL),
		},
	}
	if len(in.Components) > 0 {
		declare.Summary = "Components: " + strings.Join(in.Components, ", ")
	}
	if in.planned() {
		declare.Kind = incidentv1.IncidentKind_INCIDENT_KIND_MAINTENANCE
	}
	h := importer.NewHistory(declare)
	ids, before := newIDs(), ""
	for _, u := range in.Updates {
		p := importer.Public{ID: ids.of(u.At.Time, u.Status, u.Message), Message: u.Message, Impact: impactOf(in.Impact)}
		if !strings.EqualFold(strings.TrimSpace(u.Status), unchanged) {
			before = u.Status
		}
		p.Status, p.SourceStatus = statusOf(before)
		h.Publish(u.At.Time, p)
	}
	if !in.ResolvedAt.IsZero() {
		h.Status(in.ResolvedAt.Time, incidentv1.Status_STATUS_RESOLVED, "")
	}
	return c.keep(h)
}

// planned tells maintenance, which begins with an announcement.
func (in feedEntry) planned() bool {
	return in.Impact == "maintenance" || len(in.Updates) > 0 && strings.EqualFold(in.Updates[0].Status, "scheduled")
}

// address finds the page's host and the incident's public id in its link; the
// feed's own id stands in where there is no link.
func address(link, entryID string) (host, id string) {
	u, err := url.Parse(link)
	if err != nil || u.Host == "" {
		return "unknown", entryID
	}
	if id = path.Base(u.Path); id == "/" || id == "." {
		id = entryID
	}
	return u.Host, id
}
