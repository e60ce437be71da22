package door_test

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Why files of the published samples are sent to no door.
const (
	anAnswer  = "what somebody else's API answers"
	aRequest  = "what we, or people, ask somebody else's API for"
	aPart     = "a part of a body"
	headers   = "the headers of another file"
	aReceiver = "what a receiver gets that no door of ours stands in for"
	noDoor    = "Slack has no door: what it sends is no alert and no change"
	aVector   = "for the tests of signatures, which read it"
)

// unread stands for the alerts of a body that cannot be understood.
const unread = -1

// expected is what becomes of a sample.
type expected struct {
	path    string // of the door; or one of the reasons above
	status  int
	alerts  int
	remarks int
	method  string // POST when it is empty
	genie   bool   // the key is that of Opsgenie's API
}

// sent tells whether the file is sent to a door.
func (e expected) sent() bool { return strings.HasPrefix(e.path, "/") }

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
		return expected{path: "/hooks/alertmanager/good", status: 202, alerts: map[bool]int{true: 1, false: 2}[strings.HasSuffix(base, "-resolved") && !has("partially")]}, true
	case "grafana/":
		return expected{path: "/hooks/grafana/good", status: 202, alerts: 2}, true
	case "datadog/":
		switch {
		case has("events-v1"):
			return expected{path: aRequest}, true
		case has("template"): // the variables are not replaced
			return expected{path: "/hooks/datadog/good", status: 202, alerts: unread}, true
		}
		return expected{path: "/hooks/datadog/good", status: 202, alerts: 1}, true
	case "sentry/":
		return expected{path: "/hooks/sentry/good", status: 202, alerts: map[bool]int{true: 0, false: 1}[has("installation")]}, true
	case "cloudevents/":
		return expected{path: "/hooks/cloudevents/good", status: 202}, true
	case "pagerduty/":
		return expectedOfPagerDuty(base, has)
	case "github/", "gitlab/", "gitea/", "argocd/":
		if strings.HasSuffix(file, ".txt") {
			return expected{path: headers}, true
		}
		return expected{path: "/hooks/" + dir + "good", status: 202}, true
	case "opsgenie/":
		if has("create-alert") { // with a note
			return expected{path: "/v2/alerts", status: 202, alerts: 1, remarks: 1, genie: true}, true
		}
		return expected{path: anAnswer}, true
	case "incident-io/":
		return expectedOfIncidentIO(base, has)
	case "alertmanager-senders/":
		return expectedOfAlertmanager(base, has)
	case "slack/":
		return expected{path: noDoor}, true
	case "vectors/":
		return expected{path: aVector}, true
	}
	return expected{}, false
}

func expectedOfIncidentIO(base string, has func(...string) bool) (expected, bool) {
	switch {
	case strings.HasSuffix(base, ".response"):
		return expected{path: anAnswer}, true
	case strings.HasSuffix(base, ".request"):
		return expected{path: aRequest}, true
	case has("private_", "incident_updated"):
		return expected{path: "/hooks/incident-io/good", status: 202}, true
	}
	return expected{path: "/hooks/incident-io/good", status: 202, alerts: 1}, has("webhook-")
}

func expectedOfPagerDuty(base string, has func(...string) bool) (expected, bool) {
	switch {
	case has("responses", ".response", "events-v1-x"):
		return expected{path: anAnswer}, true
	case strings.HasPrefix(base, "rest-"):
		return expected{path: aRequest}, true
	case has("-data-"):
		return expected{path: aPart}, true
	case base == "change-event":
		return expected{path: "/v2/change/enqueue", status: 202}, true
	case has("events-v2-acknowledge"):
		return expected{path: "/v2/enqueue", status: 202, remarks: 1}, true
	case has("events-v2"):
		return expected{path: "/v2/enqueue", status: 202, alerts: 1}, true
	case has("events-v1-acknowledge"):
		return expected{path: v1Address, status: 200, remarks: 1}, true
	case has("events-v1"):
		return expected{path: v1Address, status: 200, alerts: 1}, true
	case has("webhook-v2"): // which PagerDuty does not support any more
		return expected{path: "/hooks/pagerduty-webhook/good", status: 202, alerts: unread}, true
	case has("incident.triggered", "incident.resolved", "incident.reopened"):
		return expected{path: "/hooks/pagerduty-webhook/good", status: 202, alerts: 1}, true
	case has("incident.acknowledged", "incident.annotated"):
		return expected{path: "/hooks/pagerduty-webhook/good", status: 202, remarks: 1}, true
	}
	return expected{path: "/hooks/pagerduty-webhook/good", status: 202}, has("webhook-v3")
}

// opsgenieAlert is the address of the alert that Alertmanager's Opsgenie receiver told of.
const opsgenieAlert = "/v2/alerts/97510b418c30a6bc221ab8cd7f4d49d287215a8f33fc7173ad6f03934114edfb"

func expectedOfAlertmanager(base string, has func(...string) bool) (expected, bool) {
	switch {
	case has("headers"):
		return expected{path: headers}, true
	case has("msteams", "slack"):
		return expected{path: aReceiver}, true
	case has("opsgenie") && has("-create"):
		return expected{path: "/v2/alerts", status: 202, alerts: 1, genie: true}, true
	case has("opsgenie") && has("-close"):
		return expected{path: opsgenieAlert + "/close?identifierType=alias", status: 202, alerts: 1, genie: true}, true
	case has("opsgenie-v0.34-update-"):
		_, field, _ := strings.Cut(base, "-update-")
		return expected{path: opsgenieAlert + "/" + field + "?identifierType=alias", status: 202, method: http.MethodPut, genie: true}, true
	case has("incidentio"):
		return expected{path: "/hooks/alertmanager/good", status: 202, alerts: map[bool]int{true: 2, false: 1}[has("firing")]}, true
	}
	return expected{path: "/v2/enqueue", status: 202, alerts: 1}, has("pagerduty")
}

// samples lists the published bodies beside the repository.
func samples(t *testing.T) (root string, names []string) {
	t.Helper()
	root = os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	root = filepath.Join(root, "samples")
	files, err := filepath.Glob(filepath.Join(root, "*", "*"))
	if err != nil || len(files) == 0 {
		t.Skipf("the published samples are not on this machine: set BRIDGELOG_SHARED (%v)", err)
	}
	for _, file := range files {
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	return root, names
}

// TestEverySample sends each published body to the door of its sender, as that sends it but
// for the key.
func TestEverySample(t *testing.T) {
	root, names := samples(t)
	doors := map[string]int{}
	for _, name := range names {
		want, known := expectedOf(name)
		if !known {
			t.Errorf("%s: nobody says what becomes of it", name)
		}
		if !want.sent() {
			continue
		}
		doors[filepath.Dir(name)+want.method]++
		t.Run(name, func(t *testing.T) { testSample(t, filepath.Join(root, name), want, expectedChanges(name)) })
	}
	if len(doors) < 13 {
		t.Errorf("only of %v something was sent", slices.Sorted(maps.Keys(doors)))
	}
}

// keys are those of PagerDuty's events, which the samples have of accounts that are not here.
var keys = regexp.MustCompile(`"(routing_key|service_key)":\s*"[^"]*"`)

// sample is the request of a file.
func sample(t *testing.T, file string, want expected) *http.Request {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(want.path, "/hooks/") && !want.genie {
		if !keys.Match(body) {
			t.Fatal("there is no key in it")
		}
		body = keys.ReplaceAll(body, []byte(`"$1":"good"`))
	}
	r := post(want.path, string(body))
	if want.method != "" {
		r.Method = want.method
	}
	r.Header.Set("Content-Type", "application/json")
	if want.genie {
		r.Header.Set("Authorization", "GenieKey good")
	}
	if strings.Contains(want.path, "cloudevents") {
		r.Header.Set("Content-Type", "application/cloudevents+json")
		if body[0] == '[' {
			r.Header.Set("Content-Type", "application/cloudevents-batch+json")
		}
	}
	return r
}

func testSample(t *testing.T, file string, want expected, changes int) {
	t.Helper()
	store := &memory.Store{}
	big := func(o *door.Options) { everything(o); o.MaxBody = 1 << 20 }
	if w := serve(t, store, big, sample(t, file, want)); w.Code != want.status {
		t.Fatalf("answered %d %s, want %d", w.Code, w.Body, want.status)
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
	if err != nil || len(batch.Alerts) != want.alerts || len(batch.Remarks) != want.remarks || len(batch.Changes) != changes {
		t.Errorf("%d alerts, %d remarks and %d changes, %v, want %d, %d and %d",
			len(batch.Alerts), len(batch.Remarks), len(batch.Changes), err, want.alerts, want.remarks, changes)
	}
}
