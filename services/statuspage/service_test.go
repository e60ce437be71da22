package statuspage_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/services/statuspage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// system is the log, the stream of documents, and the service while it runs.
type system struct {
	t       *testing.T
	server  *natstest.Server
	log     eventlog.Log
	catalog *catalog.Follower
	desk    incidentlogtest.Desk
	dir     string
	url     string
	stop    func()
}

// actor writes everything; no id holds that by chance.
const actor = "somebody-inside"

func newSystem(t *testing.T) *system {
	server := natstest.Start(t)
	log := server.Log(jetstream.Config{}, jetstream.Options{})
	s := &system{
		t: t, server: server, log: log, catalog: incidentlogtest.Follow(t, log),
		desk: incidentlogtest.Desk{Log: log, Actor: actor}, dir: t.TempDir(),
	}
	s.start(s.server.Conn(natsserver.UserStatusPage), true)
	t.Cleanup(func() { s.stop() })
	return s
}

// start runs the service with the rights that it has, and the relay if asked to.
func (s *system) start(public *nats.Conn, relay bool) {
	s.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	config := statuspage.Config{Public: public, Listener: listener, Dir: s.dir, Logger: slog.New(slog.DiscardHandler)}
	if relay {
		config.Source = &statuspage.Source{Log: s.log, Catalog: s.catalog, Publish: s.server.Conn(natsserver.UserPublisher)}
	}
	service, err := statuspage.New(config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.url = "http://" + listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	s.stop = func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("run: %v", err)
		}
		s.stop = func() {}
		http.DefaultClient.CloseIdleConnections()
	}
}

// get returns the status and the body of a path.
func (s *system) get(path string) (int, string) {
	s.t.Helper()
	answer, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// patience bounds the wait for what has to come, on a busy machine.
const patience = time.Minute

// until waits for a path to show what is wanted, and returns it.
func (s *system) until(path, what string, ok func(body string) bool) string {
	s.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		status, body := s.get(path)
		if status == http.StatusOK && ok(body) {
			return body
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("%s never shows %s; it is %d %s", path, what, status, body)
		}
	}
}

func has(text string) func(string) bool {
	return func(body string) bool { return strings.Contains(body, text) }
}

const components = `
kind: Component
name: platform
spec: {display_name: Platform, group: true, position: 1}
---
kind: Component
name: api
spec: {display_name: API, description: What programs call, group_name: platform, position: 1}
---
kind: Component
name: web
spec: {display_name: Website, position: 2}
`

func publish(id string, status incident.Status, message string) incident.PublishUpdate {
	return incident.PublishUpdate{UpdateID: id, Status: status, Message: message}
}

// everything is all that customers can reach.
func everything() []string {
	return []string{
		"/", "/history.atom", "/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json", "/api/v2/incidents.json",
		"/api/v2/incidents/unresolved.json", "/api/v2/scheduled-maintenances.json",
	}
}

func TestAPublishedUpdateAppears(t *testing.T) {
	s := newSystem(t)
	s.until("/", "an empty page", has("All Systems Operational"))
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, components)...)
	s.until("/", "components", has("Website"))
	update := publish("u1", incident.StatusInvestigating, "Some requests fail.\nWe look into it.")
	update.Components = []incident.ComponentImpact{{Component: "api", Status: incident.PartialOutage}}
	s.desk.Must(t, "a", incident.Declare{Number: 1, Title: "Checkout returns 502", Severity: incident.SEV1}, update)
	page := s.until("/", "the update", has("We look into it."))
	for _, want := range []string{"Checkout returns 502", "Minor Service Outage", "Partial outage", `role="status"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	var summary struct {
		Incidents []struct{ Name, Impact, Status string }
		Status    struct{ Indicator string }
	}
	_, body := s.get("/api/v2/summary.json")
	if err := json.Unmarshal([]byte(body), &summary); err != nil {
		t.Fatal(err)
	}
	if len(summary.Incidents) != 1 || summary.Incidents[0].Impact != "minor" || summary.Status.Indicator != "minor" {
		t.Errorf("summary %+v", summary)
	}
	s.desk.Must(t, "a", publish("u2", incident.StatusResolved, "It works again."))
	s.until("/", "the end", func(body string) bool {
		return strings.Contains(body, "It works again.") && strings.Contains(body, "All Systems Operational")
	})
}

func TestWhatIsInternalNeverShows(t *testing.T) {
	s := newSystem(t)
	const canary = "canary-4711"
	private := incident.Declare{Number: 1, Title: canary, Summary: canary, Severity: incident.SEV1, Private: true}
	open := publish("u1", incident.StatusInvestigating, "public words")
	open.Title = "A public name"
	s.desk.Must(t, "private", private, incident.PostUpdate{Text: canary}, open, incident.AddNote{Text: canary},
		incident.EditEntry{Entry: 1, Text: canary + " again"}, incident.Resolve{Summary: canary})
	named := incident.Declare{Number: 2, Title: "Known name", Summary: canary, Severity: incident.SEV1}
	s.desk.Must(t, "named", named, publish("u1", incident.StatusInvestigating, "told"), incident.EditEntry{Entry: 1, Text: canary},
		incident.ChangeSeverity{To: incident.SEV2, Reason: canary}, incident.RetractUpdate{UpdateID: "u1", Reason: canary},
		publish("u2", incident.StatusIdentified, "told again"))
	s.desk.Must(t, "silent", incident.Declare{Number: 3, Title: canary, Severity: incident.SEV1})
	s.until("/", "all updates", func(body string) bool {
		return strings.Contains(body, "public words") && strings.Contains(body, "told again")
	})
	for _, path := range everything() {
		_, body := s.get(path)
		if strings.Contains(body, canary) || strings.Contains(body, actor) {
			t.Errorf("%s shows what is internal: %s", path, body)
		}
	}
	if _, body := s.get("/"); !strings.Contains(body, "Known name") || strings.Contains(body, ">told<") {
		t.Error("the first title is gone, or a retracted update shows")
	}
	s.onDisk(func(files map[string]string) bool {
		for _, data := range files {
			if strings.Contains(data, canary) {
				t.Errorf("the copy on disk has what is internal: %q", data)
			}
		}
		return len(files) > 0
	})
}

func TestARedactedUpdateIsGoneEverywhere(t *testing.T) {
	s := newSystem(t)
	const secret = "hunter2-4711"
	s.desk.Must(t, "a", incident.Declare{Number: 1, Title: "Title", Severity: incident.SEV1},
		publish("u1", incident.StatusInvestigating, "the password is "+secret), publish("u2", incident.StatusIdentified, "kept"))
	s.until("/", "the text", has(secret))
	s.desk.Must(t, "a", incident.RedactEntry{Entry: 2, ReasonCode: "secret"})
	s.until("/", "the rest only", func(body string) bool { return !strings.Contains(body, secret) && strings.Contains(body, "kept") })
	for _, path := range everything() {
		if _, body := s.get(path); strings.Contains(body, secret) {
			t.Errorf("%s still has it", path)
		}
	}
	s.onDisk(func(files map[string]string) bool {
		for _, data := range files {
			if strings.Contains(data, secret) {
				return false
			}
		}
		return len(files) > 0
	})
}

// onDisk waits for the copy on disk to be as wanted.
func (s *system) onDisk(ok func(files map[string]string) bool) {
	s.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		files := map[string]string{}
		_ = filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				if data, err := os.ReadFile(path); err == nil {
					files[path] = string(data)
				}
			}
			return nil // A file may go while it is looked for.
		})
		if ok(files) {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("the copy on disk is never as wanted: %v", files)
		}
	}
}

func TestThePageStandsWhenAllElseIsDown(t *testing.T) {
	s := newSystem(t)
	s.desk.Must(t, "a", incident.Declare{Number: 1, Title: "Title", Severity: incident.SEV1}, publish("u1", incident.StatusInvestigating, "told"))
	s.until("/", "the update", has("told"))
	s.onDisk(func(files map[string]string) bool {
		for _, data := range files {
			if strings.Contains(data, "told") {
				return true
			}
		}
		return false
	})
	s.stop()
	// A connection that nobody answers, as when the servers are gone at the start.
	gone, err := nats.Connect("nats://127.0.0.1:1", nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(gone.Close)
	s.start(gone, false)
	page := s.until("/", "the copy", has("told"))
	if !strings.Contains(page, "As of <time") {
		t.Errorf("the page does not say how old it is: %s", page)
	}
	if status, _ := s.get("/api/v2/summary.json"); status != http.StatusOK {
		t.Errorf("the API answers %d", status)
	}
}

// head returns the headers of a path; nil when what has the tag was not modified.
func (s *system) head(path, tag string) http.Header {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if tag != "" {
		request.Header.Set("If-None-Match", tag)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode == http.StatusNotModified {
		return nil
	}
	return answer.Header
}

func TestCachingAndUnknownPaths(t *testing.T) {
	s := newSystem(t)
	s.until("/", "a page", has("All Systems Operational"))
	for _, path := range everything() {
		first := s.head(path, "")
		// Should the page change in between, its tag does too.
		again := s.head(path, first.Get("ETag"))
		for tries := 0; again != nil && tries < 20; tries++ {
			again = s.head(path, again.Get("ETag"))
		}
		if again != nil || !strings.Contains(first.Get("Cache-Control"), "max-age=10") {
			t.Errorf("%s: %v, again %v", path, first, again)
		}
		if api := strings.HasPrefix(path, "/api/"); api && first.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s cannot be read by other pages", path)
		}
	}
	for _, path := range []string{"/nothing", "/incidents/nothing", "/api/v2/", "/../etc/passwd"} {
		if status, _ := s.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, status)
		}
	}
}

func TestARestartedRelayGoesOn(t *testing.T) {
	s := newSystem(t)
	s.desk.Must(t, "a", incident.Declare{Number: 1, Title: "Title", Severity: incident.SEV1}, publish("u1", incident.StatusInvestigating, "first"))
	s.until("/", "the first", has("first"))
	s.stop()
	s.desk.Must(t, "a", publish("u2", incident.StatusIdentified, "second"))
	s.start(s.server.Conn(natsserver.UserStatusPage), true)
	s.until("/", "both", func(body string) bool { return strings.Contains(body, "first") && strings.Contains(body, "second") })
}
