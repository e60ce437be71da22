package door_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Files of the published samples that no monitoring tool sends to these doors.
const (
	// another is a request that we send, or its answer, or a part of a body.
	another = "not sent to a door"
	// opsgenieAPI belongs to another door.
	opsgenieAPI = "Opsgenie's API"
)

// unread stands for the alerts of a body that cannot be understood.
const unread = -1

// expected is what becomes of a sample.
type expected struct {
	path   string // of the door; or one of the reasons above
	status int
	alerts int
}

// expectedChanges says how many changes a file of the change feeds reports.
func expectedChanges(name string) int {
	switch strings.TrimSuffix(name, ".json") {
	case "github/deployment", "github/deployment-gh-pages", "github/deployment_status", "github/release-published", "github/release-released",
		"github/push-with-new-branch", // it is the default branch
		"gitlab/deployment", "gitlab/push", "gitlab/release", "gitea/push", "gitea/release", "pagerduty/change-event",
		"cloudevents/structured-deployment":
		return 1
	}
	if strings.HasPrefix(name, "argocd/") {
		return 1
	}
	return 0
}

// expectedOf says what becomes of a file by its name.
func expectedOf(name string) (expected, bool) {
	dir, file := filepath.Split(name)
	base := strings.TrimSuffix(file, ".json")
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(base, w) })
	}
	switch dir {
	case "alertmanager/":
		return expected{"/hooks/alertmanager/good", 202, map[bool]int{true: 1, false: 2}[strings.HasSuffix(base, "-resolved") && !has("partially")]}, true
	case "grafana/":
		return expected{"/hooks/grafana/good", 202, 2}, true
	case "datadog/":
		switch {
		case has("events-v1"):
			return expected{path: another}, true
		case has("template"): // the variables are not replaced
			return expected{"/hooks/datadog/good", 202, unread}, true
		}
		return expected{"/hooks/datadog/good", 202, 1}, true
	case "sentry/":
		return expected{"/hooks/sentry/good", 202, map[bool]int{true: 0, false: 1}[has("installation")]}, true
	case "cloudevents/":
		return expected{"/hooks/cloudevents/good", 202, 0}, true
	case "pagerduty/":
		return expectedOfPagerDuty(base, has)
	case "github/", "gitlab/", "gitea/", "argocd/":
		if strings.HasSuffix(file, ".txt") {
			return expected{path: another}, true
		}
		return expected{"/hooks/" + dir + "good", 202, 0}, true
	case "opsgenie/":
		if has("create-alert") {
			return expected{path: opsgenieAPI}, true
		}
		return expected{path: another}, true
	case "incident-io/":
		switch {
		case !strings.HasPrefix(base, "webhook-"):
			return expected{path: another}, true
		case has("private_", "incident_updated"):
			return expected{"/hooks/incident-io/good", 202, 0}, true
		}
		return expected{"/hooks/incident-io/good", 202, 1}, true
	case "alertmanager-senders/":
		return expectedOfAlertmanager(base, has)
	}
	return expected{}, false
}

func expectedOfPagerDuty(base string, has func(...string) bool) (expected, bool) {
	switch {
	case strings.HasPrefix(base, "rest-"), has("responses", "-data-"):
		return expected{path: another}, true
	case base == "change-event":
		return expected{"/hooks/pagerduty-change/good/v2/change/enqueue", 202, 0}, true
	case has("events-v2"):
		return expected{"/v2/enqueue", 400, 0}, true // with a key of nobody
	case has("events-v1-x"):
		return expected{path: another}, true
	case has("events-v1"):
		return expected{v1Address, 400, 0}, true
	case has("webhook-v2"): // which PagerDuty does not support any more
		return expected{"/hooks/pagerduty-webhook/good", 202, unread}, true
	case has("incident.triggered", "incident.resolved", "incident.reopened"):
		return expected{"/hooks/pagerduty-webhook/good", 202, 1}, true
	}
	return expected{"/hooks/pagerduty-webhook/good", 202, 0}, has("webhook-v3")
}

func expectedOfAlertmanager(base string, has func(...string) bool) (expected, bool) {
	switch {
	case has("headers", "msteams", "slack"):
		return expected{path: another}, true
	case has("opsgenie"):
		return expected{path: opsgenieAPI}, true
	case has("incidentio"):
		return expected{"/hooks/alertmanager/good", 202, map[bool]int{true: 2, false: 1}[has("firing")]}, true
	}
	return expected{"/hooks/pagerduty/good/v2/enqueue", 202, 1}, has("pagerduty")
}

// samples lists the published bodies beside the repository.
func samples(t *testing.T) (root string, names []string) {
	t.Helper()
	root = os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	root = filepath.Join(root, "samples")
	for _, dir := range []string{"alertmanager", "alertmanager-senders", "argocd", "cloudevents", "datadog", "gitea", "github", "gitlab", "grafana", "incident-io", "opsgenie", "pagerduty", "sentry"} {
		entries, err := os.ReadDir(filepath.Join(root, dir))
		if err != nil {
			t.Skipf("the published samples are not on this machine: set BRIDGELOG_SHARED (%v)", err)
		}
		for _, e := range entries {
			names = append(names, dir+"/"+e.Name())
		}
	}
	return root, names
}

// TestEverySample sends each published body to the door of its sender.
func TestEverySample(t *testing.T) {
	root, names := samples(t)
	doors := map[string]int{}
	for _, name := range names {
		want, known := expectedOf(name)
		if !known {
			t.Errorf("%s: nobody says what becomes of it", name)
		}
		if !strings.HasPrefix(want.path, "/") {
			continue
		}
		doors[want.path]++
		t.Run(name, func(t *testing.T) { testSample(t, filepath.Join(root, name), want, expectedChanges(name)) })
	}
	if len(doors) < 9 {
		t.Errorf("only %v were sent to", slices.Sorted(maps.Keys(doors)))
	}
}

func testSample(t *testing.T, file string, want expected, changes int) {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	store := &memory.Store{}
	r := post(want.path, string(body))
	r.Header.Set("Content-Type", "application/json")
	if strings.Contains(want.path, "cloudevents") {
		r.Header.Set("Content-Type", "application/cloudevents+json")
		if body[0] == '[' {
			r.Header.Set("Content-Type", "application/cloudevents-batch+json")
		}
	}
	big := func(o *door.Options) { everything(o); o.MaxBody = 1 << 20 }
	if w := serve(t, store, big, r); w.Code != want.status {
		t.Fatalf("answered %d %s, want %d", w.Code, w.Body, want.status)
	}
	if want.status != http.StatusAccepted {
		return
	}
	kept := stored(t, store)
	from, _ := source.NewCatalog(source.All()...).Find(kept.GetSource())
	if (want.alerts == unread) != (kept.GetUnread() != "") {
		t.Errorf("it is kept as %q", kept.GetUnread())
	}
	if want.alerts == unread {
		return
	}
	batch, err := from.Parse(source.SignalOf(kept)) // as it is read later
	if err != nil || len(batch.Alerts) != want.alerts || len(batch.Changes) != changes {
		t.Errorf("%d alerts and %d changes, %v, want %d and %d", len(batch.Alerts), len(batch.Changes), err, want.alerts, changes)
	}
}
