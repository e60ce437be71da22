package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/test/system"
)

// catalog is what the tests apply first.
const catalog = `kind: person
name: ada
spec:
  display_name: Ada Lovelace
  email: ada@example.org
  role: responder
---
kind: component
name: checkout
spec:
  display_name: Checkout
---
kind: service
name: checkout
spec:
  components: [checkout]
---
kind: status_page
name: main
spec:
  title: Example
---
kind: webhook
name: audit
spec:
  url: %s
  secrets: ["env:E2E_WEBHOOK_SECRET"]
`

// start runs a system with the catalog applied and a receiver listening.
func start(t *testing.T) (*system.System, *receiver) {
	t.Helper()
	r := newReceiver(t)
	s := system.Up(t, system.Options{Env: []string{"E2E_WEBHOOK_SECRET=" + secret}})
	file := filepath.Join(t.TempDir(), "catalog.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, catalog, r.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "apply", "-f", file)
	return s, r
}

func TestOneIncidentFromDeclarationToPostmortem(t *testing.T) {
	t.Parallel()
	s, r := start(t)

	s.Do(t, "declare", "Checkout returns 502", "-s", "SEV-1", "--service", "checkout", "--detach")
	s.Do(t, "ack", "INC-1")
	s.Do(t, "role", "INC-1", "commander", "ada")
	s.Do(t, "update", "INC-1", "Checking database connections now")
	before := time.Now()
	s.Do(t, "severity", "INC-1", "SEV-2", "--reason", "Only card payments fail")
	s.Do(t, "publish", "INC-1", "--status", "investigating", "--message", "Some payments fail. We are looking into it.", "--yes")
	s.Do(t, "impact", "INC-1", "set", "--component", "checkout=partial_outage")
	s.Do(t, "resolve", "INC-1", "--reason", "Rolled back")

	t.Run("webhook", func(t *testing.T) {
		wanted := []string{"declared", "acknowledged", "role_assigned", "update_posted", "severity_changed", "public_update_published", "impact_changed", "resolved"}
		eventually(t, func() (bool, string) { // beside what clocks say
			got := map[string]bool{}
			for _, d := range r.await(t, len(wanted)) {
				got[strings.TrimPrefix(d.Type, "dev.bridgelog.incident.")] = true
				if d.Subject != "INC-1" {
					t.Fatalf("subject %q, want INC-1", d.Subject)
				}
			}
			missing := slices.DeleteFunc(slices.Clone(wanted), func(event string) bool { return got[event] })
			return len(missing) == 0, fmt.Sprintf("deliveries of %v; there are %v", missing, got)
		})
	})

	t.Run("public page", func(t *testing.T) {
		eventually(t, func() (bool, string) {
			return strings.Contains(get(t, s.Endpoints.Statuspage+"/"), "Some payments fail."), "the public update on the page"
		})
		page := get(t, s.Endpoints.Statuspage+"/")
		for _, internal := range []string{"database connections", "Only card payments", "Rolled back"} {
			if strings.Contains(page, internal) {
				t.Errorf("the public page shows internal text %q", internal)
			}
		}
		var summary struct {
			Page      struct{ Name string }
			Incidents []struct {
				Status  string
				Updates []struct{ Body string } `json:"incident_updates"`
			}
		}
		if err := json.Unmarshal([]byte(get(t, s.Endpoints.Statuspage+"/api/v2/summary.json")), &summary); err != nil {
			t.Fatal(err)
		}
		if len(summary.Incidents) != 1 || summary.Incidents[0].Status != "investigating" {
			t.Fatalf("summary.json: %+v", summary)
		}
	})

	t.Run("time travel", func(t *testing.T) {
		now := s.Do(t, "show", "INC-1")
		then := s.Do(t, "show", "INC-1", "--known-at", before.UTC().Format(time.RFC3339Nano))
		if !strings.Contains(now, "SEV-2") || !strings.Contains(then, "SEV-1") {
			t.Errorf("now:\n%s\nas known before the change:\n%s", now, then)
		}
		past := s.Do(t, "timeline", "INC-1", "--known-at", before.UTC().Format(time.RFC3339Nano))
		if strings.Contains(past, "Rolled back") || !strings.Contains(past, "Checking database connections now") {
			t.Errorf("timeline as known then:\n%s", past)
		}
	})

	t.Run("postmortem", func(t *testing.T) {
		document := s.Do(t, "postmortem", "INC-1")
		for _, want := range []string{"Checkout returns 502", "Ada Lovelace", "SEV-2", "Rolled back", "Some payments fail."} {
			if !strings.Contains(document, want) {
				t.Errorf("the post-mortem lacks %q:\n%s", want, document)
			}
		}
	})

	t.Run("proof", func(t *testing.T) {
		s.Do(t, "verify")
		file := filepath.Join(t.TempDir(), "log.jsonl")
		if err := os.WriteFile(file, []byte(s.Do(t, "export", "INC-1")), 0o600); err != nil {
			t.Fatal(err)
		}
		s.Do(t, "verify", file)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		forged := strings.Replace(string(content), "envelope\":\"C", "envelope\":\"D", 1)
		if forged == string(content) {
			t.Fatal("found nothing to forge in the export")
		}
		if err := os.WriteFile(file, []byte(forged), 0o600); err != nil {
			t.Fatal(err)
		}
		if result := s.Try(t, "verify", file); result.Code != 6 {
			t.Errorf("a forged export: %s", result)
		}
	})
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s\n%s", url, response.Status, body)
	}
	return string(body)
}
