package incident_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestPublishUpdate(t *testing.T) {
	now := incidenttest.Start().Add(time.Hour) // the scenarios' present
	cmd := func(change func(*incident.PublishUpdate)) incident.PublishUpdate {
		c := incident.PublishUpdate{UpdateID: "u-1", Status: incident.StatusInvestigating, Message: "We look into it."}
		change(&c)
		return c
	}
	plain := cmd(func(*incident.PublishUpdate) {})
	published := incident.PublicUpdatePublished(plain)
	speaker := commanded(incident.RoleAssigned{Role: incident.CommunicationsLead, Person: cy})
	private := declaredEvent()
	private.Private = true
	run(t, []scenario{
		{name: "by the leader", given: declared(), when: plain, then: []incident.Event{published}},
		{name: "by the communications lead", given: speaker, who: cy, when: plain, then: []incident.Event{published}},
		{name: "by another", given: speaker, who: ann, when: plain, refused: incident.Denied, reason: "not_communications_lead"},
		{name: "id used before", given: declared(published), when: plain, refused: incident.AlreadyDone, reason: "update_exists"},
		{name: "after the end", given: closedPast(), when: plain, then: []incident.Event{published}},
		{
			name: "promised", given: declared(), when: cmd(func(c *incident.PublishUpdate) { c.NextUpdate = now.Add(1500) }),
			then: []incident.Event{incident.PublicUpdatePublished(cmd(func(c *incident.PublishUpdate) { c.NextUpdate = now.Add(1000) }))},
		},
		{
			name: "an old promise that was ahead then", given: declared(), occurred: now.Add(-time.Hour),
			when: cmd(func(c *incident.PublishUpdate) { c.NextUpdate = now.Add(-time.Minute) }),
			then: []incident.Event{incident.PublicUpdatePublished(cmd(func(c *incident.PublishUpdate) { c.NextUpdate = now.Add(-time.Minute) }))},
		},
		{
			name: "imported maintenance", given: declared(),
			when: incident.PublishUpdate{UpdateID: "u-2", SourceStatus: "scheduled"},
			then: []incident.Event{incident.PublicUpdatePublished{UpdateID: "u-2", SourceStatus: "scheduled"}},
		},
		{
			name: "private without a public title", given: by(ann, private), when: plain,
			refused: incident.InvalidArgument, field: "title", reason: "private_title",
		},
		{
			name: "private with the title given before", when: cmd(func(c *incident.PublishUpdate) { c.UpdateID = "u-2" }),
			given: by(ann, private, incident.PublicUpdatePublished{UpdateID: "u-1", Title: "Errors"}),
			then:  []incident.Event{incident.PublicUpdatePublished(cmd(func(c *incident.PublishUpdate) { c.UpdateID = "u-2" }))},
		},
		{
			name: "private after that title was redacted", when: cmd(func(c *incident.PublishUpdate) { c.UpdateID = "u-2" }),
			given:   by(ann, private, incident.PublicUpdatePublished{UpdateID: "u-1", Title: "Errors"}, incident.EntryRedacted{Entry: 2}),
			refused: incident.InvalidArgument, field: "title", reason: "private_title",
		},
		bad("no id", "update_id", "required", cmd(func(c *incident.PublishUpdate) { c.UpdateID = "" })),
		bad("status", "status", "not_a_public_status", cmd(func(c *incident.PublishUpdate) { c.Status = incident.StatusTriage })),
		bad("no status", "status", "not_a_public_status", cmd(func(c *incident.PublishUpdate) { c.Status = 0 })),
		bad("no message", "message", "required", cmd(func(c *incident.PublishUpdate) { c.Message = "" })),
		bad("long message", "message", "too_long", cmd(func(c *incident.PublishUpdate) { c.Message = strings.Repeat("a", incident.MaxText+1) })),
		bad("long title", "title", "too_long", cmd(func(c *incident.PublishUpdate) { c.Title = strings.Repeat("a", 256) })),
		bad("impact", "impact", "unknown_impact", cmd(func(c *incident.PublishUpdate) { c.Impact = "huge" })),
		bad("page twice", "pages", "twice", cmd(func(c *incident.PublishUpdate) { c.Pages = []string{"a", "a"} })),
		bad("component without a state", "components", "unknown_component_status", cmd(func(c *incident.PublishUpdate) {
			c.Components = []incident.ComponentImpact{{Component: "api"}}
		})),
		bad("promise in the past", "next_update", "not_in_the_future", cmd(func(c *incident.PublishUpdate) { c.NextUpdate = now })),
		bad("promise beyond the calendar", "next_update", "out_of_range", cmd(func(c *incident.PublishUpdate) { c.NextUpdate = now.AddDate(9000, 0, 0) })),
	})
	if s := fold(declared(incident.PublicUpdatePublished{UpdateID: "u", Status: incident.StatusResolved})); !s.Open() {
		t.Error("what customers were told ended the incident")
	}
}

func TestRetractUpdate(t *testing.T) {
	published := incident.PublicUpdatePublished{UpdateID: "u-1", Status: incident.StatusInvestigating, Message: "m"}
	back := incident.RetractUpdate{UpdateID: "u-1", Reason: "wrong page"}
	run(t, []scenario{
		{name: "published", given: declared(published), when: back, then: []incident.Event{incident.PublicUpdateRetracted(back)}},
		{
			name: "twice", given: declared(published, incident.PublicUpdateRetracted{UpdateID: "u-1"}), when: back,
			refused: incident.AlreadyDone, reason: "already_retracted",
		},
		{name: "never published", given: declared(), when: back, refused: incident.NotFound, reason: "no_such_update", field: "update_id"},
		{name: "by another", given: commanded(published), who: cy, when: back, refused: incident.Denied, reason: "not_communications_lead"},
		bad("no id", "update_id", "required", incident.RetractUpdate{}),
	})
}

func TestSetImpact(t *testing.T) {
	at := func(name string, s incident.ComponentStatus) incident.ComponentImpact {
		return incident.ComponentImpact{Component: name, Status: s}
	}
	set := func(ci ...incident.ComponentImpact) incident.SetImpact { return incident.SetImpact{Components: ci} }
	before := declared(incident.ImpactChanged{Components: []incident.ComponentImpact{at("web", incident.MajorOutage), at("api", incident.PartialOutage)}})
	many := make([]incident.ComponentImpact, incident.MaxComponents+1)
	for i := range many {
		many[i] = at(strings.Repeat("c", i+1)[:min(i+1, 200)]+string(rune('a'+i%26)), incident.Operational)
	}
	run(t, []scenario{
		{
			name: "only what changes", given: before, when: set(at("api", incident.PartialOutage), at("web", incident.Operational)),
			then: []incident.Event{incident.ImpactChanged{Components: []incident.ComponentImpact{at("web", incident.Operational)}}},
		},
		{name: "so already", given: before, when: set(at("api", incident.PartialOutage)), nothing: true},
		{name: "by another", given: commanded(), who: cy, when: set(at("api", incident.PartialOutage)), refused: incident.Denied, reason: "not_commander"},
		bad("nothing", "components", "required", set()),
		bad("too many", "components", "too_many", set(many...)),
		bad("twice", "components", "twice", set(at("api", incident.Operational), at("api", incident.MajorOutage))),
		bad("no state", "components", "unknown_component_status", set(at("api", 0))),
	})
	s := fold(before)
	if got := s.Impact(); len(got) != 2 || got[0].Component != "api" || s.ComponentStatus("web") != incident.MajorOutage || s.ComponentStatus("db") != incident.ComponentUnknown {
		t.Errorf("impact %v", got)
	}
}

func TestLinkAlert(t *testing.T) {
	link := incident.LinkAlert{AlertID: "a-1", Fingerprint: "f", Source: "alertmanager", Title: "High", URL: "prometheus:9090/graph"}
	fromAlert := declaredEvent()
	fromAlert.AlertID = "a-1"
	run(t, []scenario{
		{name: "new", given: declared(), who: bot, when: link, then: []incident.Event{incident.AlertLinked(link)}},
		{name: "again", given: declared(incident.AlertLinked{AlertID: "a-1"}), when: link, nothing: true},
		{name: "the one that declared", given: by(ann, fromAlert), when: link, nothing: true},
		bad("no id", "alert_id", "required", incident.LinkAlert{}),
		bad("source", "source", "not_a_label", incident.LinkAlert{AlertID: "a", Source: "Alert Manager"}),
		bad("control characters", "title", "control_character", incident.LinkAlert{AlertID: "a", Title: "a\x1b[31m"}),
	})
}
