package chaos_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// bird is the word in every field that is not public.
const bird = "canary"

// privateCatalog is one whose names and texts are internal, but for one page with
// one component.
const privateCatalog = `kind: person
name: canary-person
spec: {display_name: Canary Person canary, email: canary@example.org, role: responder}
---
kind: component
name: canary-database
spec: {display_name: canary database, description: canary description}
---
kind: component
name: web
spec: {display_name: Website}
---
kind: service
name: canary-service
spec: {components: [canary-database, web]}
---
kind: team
name: canary-team
spec: {display_name: canary team}
---
kind: route
name: canary-route
spec: {match: {alertname: canary-alert}, service: canary-service, severity: SEV-2}
---
kind: webhook
name: canary-hook
spec: {url: "https://canary.example.org/canary", secrets: ["env:CANARY_SECRET"]}
---
kind: status_page
name: main
spec: {title: Acme, components: [web]}
`

// TestNoPrivateWordIsPublic writes a word into every field that is not public, and
// looks for it in everything that customers can reach, in the copies on disk, and in
// the stream of public documents.
func TestNoPrivateWordIsPublic(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{Env: []string{"CANARY_SECRET=whsec_Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5"}})
	file := filepath.Join(t.TempDir(), "catalog.yaml")
	if err := os.WriteFile(file, []byte(privateCatalog), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "apply", "-f", file)
	c := dial(t, s)
	nest(t, c, "Checkout fails", true)
	nest(t, c, "Open to all", false)
	drill, err := c.commands.DeclareIncident(within(t), &incidentv1.DeclareIncidentRequest{Title: bird + " drill", Drill: true})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = c.commands.PublishUpdate(within(t), said(drill.GetResult().GetIncidentId(), bird+" drill", "")) // refused or not, it is no news
	publishAlert(t, s, c)
	page := s.Endpoints.Statuspage
	onPage(t, page, "Mail is late", []string{"We look into the mail."})
	want := []string{"It works again.", "We look into it."}
	onPage(t, page, "Checkout fails", want)
	onPage(t, page, "Open to all", want)
	for _, path := range everywhere(t, page) {
		if _, body := fetch(pageClient(), page+path); strings.Contains(strings.ToLower(body), bird) {
			t.Errorf("%s has a private word: %s", path, around(body))
		}
	}
	for _, dir := range []string{filepath.Join(s.Dir, "statuspage"), filepath.Join(s.Dir, "nats", "jetstream", "PUBLIC")} {
		if _, err := os.Stat(dir); err != nil {
			t.Fatal(err)
		}
		// What was public for a moment goes from the disk after it went from the page.
		waitFor(t, "no private word in "+dir, func() bool { return len(grep(t, dir, bird)) == 0 }, func() string {
			return leak(grep(t, dir, bird))
		})
	}
}

// leak shows where the word stands in the first of some files.
func leak(found []string) string {
	if len(found) == 0 {
		return "gone by now"
	}
	content, _ := os.ReadFile(found[0])
	return fmt.Sprintf("in %v: %s", found, around(string(content)))
}

// publishAlert lets an alert declare an incident, with the word in everything that
// the alert says, and tells customers of it.
func publishAlert(t *testing.T, s *system.System, c clients) {
	t.Helper()
	alert := tell(bird+"-alert", bird+"-fingerprint", true)
	alert.Labels[bird] = bird
	alert.Annotations[bird], alert.Annotations["description"], alert.Annotations["runbook_url"] = bird, bird, "https://canary.example.org/canary"
	if err := deliver(within(t), s.Endpoints.Intake, s.Endpoints.Token, payload(t, bird+"-group", alert)); err != nil {
		t.Fatal(err)
	}
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	found := awaitAlerts(t, view, &signalv1.ListAlertsRequest{Open: true}, 1)
	if found[0].GetIncidentId() == "" {
		t.Fatalf("no incident: %v", found)
	}
	if _, err := c.commands.PublishUpdate(within(t), said(found[0].GetIncidentId(), "We look into the mail.", "Mail is late")); err != nil {
		t.Fatal(err)
	}
}

func around(body string) string {
	at := max(strings.Index(strings.ToLower(body), bird), 0)
	return body[max(at-80, 0):min(at+80, len(body))]
}

func said(incident, text, title string) *incidentv1.PublishUpdateRequest {
	return &incidentv1.PublishUpdateRequest{
		Incident: incident, Status: incidentv1.Status_STATUS_INVESTIGATING, Message: text, Title: title, RequestId: bird + " " + incident + " " + text,
	}
}

// nest runs an incident through its life with the word in every private field. Its
// public updates say what the page has to show.
func nest(t *testing.T, c clients, name string, hidden bool) {
	t.Helper()
	title := name
	if hidden {
		title = bird + " title"
	}
	declared, err := c.commands.DeclareIncident(within(t), &incidentv1.DeclareIncidentRequest{
		Title: title, Summary: bird + " summary", Private: hidden, Severity: incidentv1.Severity_SEVERITY_SEV1, Services: []string{bird + "-service"},
		RequestId: bird + " " + name,
	})
	if err != nil {
		t.Fatal(err)
	}
	id := declared.GetResult().GetIncidentId()
	call := func(what string, _ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	do, ctx := c.commands, within(t)
	note, err := do.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: id, Text: bird + " note"})
	call("note", note, err)
	entry := note.GetResult().GetEntries()[0]
	_, err = do.EditEntry(ctx, &incidentv1.EditEntryRequest{Incident: id, Entry: entry, Text: bird + " edited", Reason: bird})
	call("edit", nil, err)
	_, err = do.PostUpdate(ctx, &incidentv1.PostUpdateRequest{Incident: id, Text: bird + " update"})
	call("update", nil, err)
	_, err = do.AssignRole(ctx, &incidentv1.AssignRoleRequest{Incident: id, Role: incidentv1.Role_ROLE_COMMANDER, Person: bird + "-person"})
	call("role", nil, err)
	_, err = do.ChangeSeverity(ctx, &incidentv1.ChangeSeverityRequest{Incident: id, Severity: incidentv1.Severity_SEVERITY_SEV2, Reason: bird})
	call("severity", nil, err)
	hurt := []*incidentv1.ComponentImpact{{Component: bird + "-database", Status: incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE}}
	_, err = do.SetImpact(ctx, &incidentv1.SetImpactRequest{Incident: id, Components: hurt})
	call("impact", nil, err)

	public := said(id, "We look into it.", name)
	public.Components, public.UpdateId = hurt, bird+"-1"
	_, err = do.PublishUpdate(ctx, public)
	call("publish", nil, err)
	wrong := said(id, bird+" which was wrong", "")
	wrong.UpdateId = bird + "-2"
	_, err = do.PublishUpdate(ctx, wrong)
	call("publish what is taken back", nil, err)
	_, err = do.RetractUpdate(ctx, &incidentv1.RetractUpdateRequest{Incident: id, UpdateId: bird + "-2", Reason: bird})
	call("retract", nil, err)
	secret, err := do.PublishUpdate(ctx, said(id, bird+" is the password", ""))
	call("publish what is redacted", secret, err)
	_, err = do.RedactEntry(ctx, &incidentv1.RedactEntryRequest{
		Incident: id, Entry: secret.GetResult().GetEntries()[0], ReasonCode: "secret", Reason: bird,
	})
	call("redact", nil, err)
	_, err = do.MitigateIncident(ctx, &incidentv1.MitigateIncidentRequest{Incident: id, Summary: bird})
	call("mitigate", nil, err)
	over := said(id, "It works again.", "")
	over.Status = incidentv1.Status_STATUS_RESOLVED
	_, err = do.PublishUpdate(ctx, over)
	call("publish the end", nil, err)
	_, err = do.ResolveIncident(ctx, &incidentv1.ResolveIncidentRequest{Incident: id, Summary: bird})
	call("resolve", nil, err)
	_, err = do.CloseIncident(ctx, &incidentv1.CloseIncidentRequest{Incident: id, Reason: bird})
	call("close", nil, err)
	_, err = c.catalog.GetResource(ctx, &catalogv1.GetResourceRequest{Kind: "person", Name: bird + "-person"})
	call("the catalog", nil, err)
}
