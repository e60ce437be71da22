package timeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// teamText asks for an update of the team.
func teamText(incident string, template []string, values map[string]string, at string) *timelinev1.RenderTemplateRequest {
	return &timelinev1.RenderTemplateRequest{
		Incident: incident, Template: strings.Join(template, ""), Values: values, Position: at,
		Purpose: &timelinev1.RenderTemplateRequest_TeamUpdate{TeamUpdate: &timelinev1.TeamUpdate{}},
	}
}

// customerText asks for an update of customers.
func customerText(incident string, u *timelinev1.CustomerUpdate, values map[string]string, at string) *timelinev1.RenderTemplateRequest {
	return &timelinev1.RenderTemplateRequest{
		Incident: incident, Values: values, Position: at,
		Purpose: &timelinev1.RenderTemplateRequest_CustomerUpdate{CustomerUpdate: u},
	}
}

// fields are the fields that a refusal names.
func fields(err error) string {
	var carried interface{ GRPCStatus() *status.Status }
	if !errors.As(err, &carried) {
		return ""
	}
	var all []string
	for _, detail := range carried.GRPCStatus().Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			for _, v := range bad.GetFieldViolations() {
				all = append(all, v.GetField())
			}
		}
	}
	return strings.Join(all, " ")
}

func TestTextsForCustomers(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.Declare(incident.Declare{Title: "t", Severity: incident.SEV1}, ago(60))
	w.Do(id, incident.SetImpact{Components: []incident.ComponentImpact{{Component: "api", Status: incident.MajorOutage}}}, ago(50))
	ask := func(u *timelinev1.CustomerUpdate, values map[string]string) *timelinev1.RenderTemplateResponse {
		t.Helper()
		return must[*timelinev1.RenderTemplateResponse](t)(n.RenderTemplate(as(t, "eve"), customerText("1", u, values, w.settle())))
	}
	first := ask(&timelinev1.CustomerUpdate{Status: incidentv1.Status_STATUS_INVESTIGATING, Title: "Payments fail"}, nil)
	if first.GetTemplate() != "acknowledgment-critical" || first.GetSubject() != "Payments fail" || !strings.Contains(first.GetText(), "we are sorry") {
		t.Errorf("the first: %v", first)
	}
	next := first.GetNextUpdateTime().AsTime()
	if in := time.Until(next); in <= 0 || in > time.Hour || !strings.Contains(first.GetText(), next.Format("2006-01-02 15:04 UTC")) {
		t.Errorf("promised in %s: %s", in, first.GetText())
	}
	if c := first.GetComponents(); len(c) != 1 || c[0].GetStatus() != incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE {
		t.Errorf("components %v", c)
	}
	w.Do(id, incident.PublishUpdate{UpdateID: "u", Title: "Payments fail", Message: "We look.", Status: incident.StatusInvestigating}, ago(40))
	for public, want := range map[incidentv1.Status]string{
		incidentv1.Status_STATUS_IDENTIFIED: "progress", incidentv1.Status_STATUS_MONITORING: "progress-monitoring",
		incidentv1.Status_STATUS_RESOLVED: "resolution",
	} {
		r := ask(&timelinev1.CustomerUpdate{Status: public}, map[string]string{"message": "Rolled back."})
		if r.GetTemplate() != want || r.GetSubject() != "Payments fail" || !strings.Contains(r.GetText(), "Rolled back.") {
			t.Errorf("%s: %v", public, r)
		}
		if over := public == incidentv1.Status_STATUS_RESOLVED; over != (r.GetNextUpdateTime() == nil) ||
			over != (r.GetComponents()[0].GetStatus() == incidentv1.ComponentStatus_COMPONENT_STATUS_OPERATIONAL) {
			t.Errorf("%s: promised %v, components %v", public, r.GetNextUpdateTime(), r.GetComponents())
		}
	}
}

func TestTextsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	w.Declare(incident.Declare{Title: "t", Severity: incident.SEV3}, logtest.Act{})
	at := w.settle()
	investigating := &timelinev1.CustomerUpdate{Status: incidentv1.Status_STATUS_INVESTIGATING}
	named := func(r *timelinev1.RenderTemplateRequest, template string) *timelinev1.RenderTemplateRequest {
		r.Template = template
		return r
	}
	handover := &timelinev1.RenderTemplateRequest{Incident: "1", Position: at, Purpose: &timelinev1.RenderTemplateRequest_Handover{
		Handover: &timelinev1.Handover{Role: incidentv1.Role_ROLE_SCRIBE, Person: "me"},
	}}
	for name, c := range map[string]struct {
		request              *timelinev1.RenderTemplateRequest
		code, reason, fields string
	}{
		"missing":             {teamText("1", nil, nil, at), "invalid_argument", "missing_variable", "values.what_we_do"},
		"missing two":         {named(customerText("1", investigating, nil, at), "progress"), "invalid_argument", "missing_variable", "values.headline values.message"},
		"unknown variable":    {teamText("1", nil, map[string]string{"titel": "x"}, at), "invalid_argument", "unknown_variable", "values.titel"},
		"unused":              {teamText("1", nil, map[string]string{"cause": "x"}, at), "invalid_argument", "unused_value", "values.cause"},
		"no such template":    {named(teamText("1", nil, nil, at), "none"), "not_found", "no_such_template", "template"},
		"not for customers":   {named(customerText("1", investigating, nil, at), "handover"), "invalid_argument", "other_use", "template"},
		"not for the team":    {named(teamText("1", nil, nil, at), "progress"), "invalid_argument", "other_use", "template"},
		"nobody to hand over": {handover, "failed_precondition", "role_free", ""},
		"no purpose":          {&timelinev1.RenderTemplateRequest{Incident: "1"}, "invalid_argument", "invalid_field", "purpose"},
		"no public status":    {customerText("1", &timelinev1.CustomerUpdate{Status: incidentv1.Status_STATUS_CLOSED}, nil, at), "invalid_argument", "not_a_public_status", "customer_update.status"},
		"no such incident":    {teamText("9", nil, nil, at), "not_found", "no_such_incident", ""},
	} {
		_, err := n.RenderTemplate(as(t, "eve"), c.request)
		refused(t, err, c.code, c.reason)
		got := strings.Fields(fields(err))
		slices.Sort(got)
		if strings.Join(got, " ") != c.fields {
			t.Errorf("%s: it names %q, want %q", name, got, c.fields)
		}
	}
}

func TestTextsForTheTeam(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.Declare(incident.Declare{Title: "Checkout is slow", Severity: incident.SEV2}, ago(42))
	w.Do(id, incident.AssignRole{Role: incident.Commander, Person: "ada"}, ago(40))
	at := w.settle()
	r := must[*timelinev1.RenderTemplateResponse](t)(n.RenderTemplate(as(t, "ada"), teamText("1", nil, map[string]string{"what_we_do": "Rolling back."}, at)))
	first, rest, _ := strings.Cut(r.GetText(), "\n")
	if !strings.HasPrefix(first, "INC-1 SEV-2, investigating for ") || rest != "We know: nothing new\nWe do: Rolling back.\nWe need: nothing" {
		t.Errorf("update: %q", r.GetText())
	}
	r = must[*timelinev1.RenderTemplateResponse](t)(n.RenderTemplate(as(t, "ada"), &timelinev1.RenderTemplateRequest{
		Incident: "1", Position: at, Values: map[string]string{"what_we_know": "It is the pool."},
		Purpose: &timelinev1.RenderTemplateRequest_Handover{Handover: &timelinev1.Handover{Role: incidentv1.Role_ROLE_COMMANDER, Person: "me"}},
	}))
	if !strings.Contains(r.GetText(), " hands the role of commander to ") || !strings.Contains(r.GetText(), "It is the pool.") {
		t.Errorf("hand-over: %q", r.GetText())
	}
	r = must[*timelinev1.RenderTemplateResponse](t)(n.RenderTemplate(as(t, "ada"), &timelinev1.RenderTemplateRequest{
		Incident: "1", Position: at, Purpose: &timelinev1.RenderTemplateRequest_Debrief{Debrief: &timelinev1.Debrief{}},
	}))
	if r.GetTemplate() != "debrief" || !strings.Contains(r.GetText(), "What helped?") {
		t.Errorf("debrief: %q", r.GetText())
	}
}
