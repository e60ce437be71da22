package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// page asks, as intake would, for the page of an alert.
func (sys system) page(t *testing.T, alertID, team string, shadow bool) {
	t.Helper()
	conn := sys.asService(t)
	_, err := signalv1.NewPageServiceClient(conn).RequestPage(t.Context(), &signalv1.RequestPageRequest{
		AlertId: alertID, Route: "critical", Urgency: catalogv1.Urgency_URGENCY_HIGH, Team: team, Shadow: shadow,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// paged polls, since the view follows the log.
func (s *shell) paged(n int, args ...string) []any {
	s.t.Helper()
	var found []any
	for range 2000 {
		found = s.json(append([]string{"pages", "list"}, args...)...)["pages"].([]any)
		if len(found) == n {
			return found
		}
	}
	s.t.Fatalf("pages list %s: %d pages, want %d", strings.Join(args, " "), len(found), n)
	return nil
}

func TestPages(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	if r := s.ok("pages", "list"); !strings.Contains(r.out, "No pages.") {
		t.Errorf("an empty list says %q", r.out)
	}
	file := filepath.Join(s.home, "team.yaml")
	if err := os.WriteFile(file, []byte(`
{kind: Person, name: ada, spec: {display_name: Ada, contacts: [{type: sms, address: "+491701234567"}]}}
---
{kind: Team, name: payments, spec: {members: [ada]}}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	s.ok("apply", "-f", file)
	firing, shadow, nobody := sys.fire(t, "f1", "HighErrorRate", "", false), sys.fire(t, "f2", "DiskFull", "", false), sys.fire(t, "f3", "Orphan", "", false)
	sys.page(t, firing, "payments", false)
	sys.page(t, shadow, "payments", true)
	sys.page(t, nobody, "", false)
	s.paged(3)
	would := s.paged(1, "--shadow")[0].(map[string]any)
	person := would["people"].([]any)[0].(map[string]any)
	if would["state"] != "shadow" || would["alert"] != shadow || would["team"] != "payments" || would["urgency"] != "high" || person["name"] != "Ada" {
		t.Errorf("the shadow: %v", would)
	}
	s.paged(2, "--real")
	s.paged(1, "--alert", shadow[:8])
	s.paged(2, "--person", "ada")
	if r := s.ok("pages", "list", "--shadow"); !strings.Contains(r.out, "Ada") || !strings.Contains(r.out, "DiskFull") {
		t.Errorf("the list says\n%s", r.out)
	}
	if r := s.ok("pages", "list", "--real"); !strings.Contains(r.out, "neither the route nor the service says which team") {
		t.Errorf("the list says\n%s", r.out)
	}
	s.ok("alerts", "ack", firing)
	show := func() string { return s.ok("alerts", "show", firing).out }
	for range 2000 {
		if strings.Contains(show(), "acknowledged by root") {
			break
		}
	}
	for _, want := range []string{"Page ", "acknowledged by root", "Ada", "sms", "no_way", "no integration carries sms yet"} {
		if r := show(); !strings.Contains(r, want) {
			t.Errorf("the alert does not say %q:\n%s", want, r)
		}
	}
	one := s.paged(1, "--alert", firing)[0].(map[string]any)
	if v := s.json("pages", "show", one["id"].(string)[:6]); v["acknowledged_by"] != "root" || v["state"] != "acknowledged" {
		t.Errorf("show: %v", v)
	}
	if r := s.ok("pages", "show", one["id"].(string)); !strings.Contains(r.out, "by root") || !strings.Contains(r.out, "no integration carries sms yet") {
		t.Errorf("show says\n%s", r.out)
	}
	if v := s.json("rebuild", "pages"); v["pages"] != 3.0 || v["corrected"] != 0.0 {
		t.Errorf("rebuild: %v", v)
	}
	s.fails(3, "there is no such page", "pages", "show", "ffffffff")
	s.fails(2, "there is no person", "pages", "list", "--person", "nobody")
	s.fails(2, "shadow", "pages", "list", "--shadow", "--real")
}
