package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

// reported is what a body says of a change, in one line; empty when it says nothing.
func reported(t *testing.T, s source.Source, body string) string {
	t.Helper()
	batch, err := s.Parse(sourcetest.Signal([]byte(body)))
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if len(batch.Changes) == 0 {
		return ""
	}
	return line(batch.Changes[0])
}

// line is a report in one line.
func line(r change.Report) string {
	return strings.Join([]string{
		r.Key, r.Kind.String(), r.Outcome.String(), r.Service, r.Environment, r.Version, r.AuthorName, r.Title, span(r),
	}, "|")
}

// span is when a change began and ended, as clock times in UTC.
func span(r change.Report) string {
	clock := func(t time.Time) string {
		if t.IsZero() {
			return "?"
		}
		return t.UTC().Format("15:04:05")
	}
	return clock(r.StartedAt) + "-" + clock(r.EndedAt)
}

const (
	gitHubRepository = `"repository":{"name":"shop","full_name":"acme/shop","default_branch":"main"}`
	gitHubDeployment = `"deployment":{"id":7,"sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","ref":"main","task":"deploy","environment":"production",` +
		`"created_at":"2026-01-02T10:00:00Z","creator":{"login":"ada"}}`
	gitHubRun = `"workflow_run":{"id":9,"run_attempt":2,"name":"Deploy","display_title":"v42","event":"push","conclusion":"failure",` +
		`"head_sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","run_started_at":"2026-01-02T10:00:00Z","updated_at":"2026-01-02T10:07:00Z","actor":{"login":"ada"}}`
	gitHubPush = `{"ref":"refs/heads/main","before":"b1","after":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e",` +
		`"head_commit":{"message":"Bigger pool\n\nMore","timestamp":"2026-01-02T10:00:00+01:00"},"pusher":{"name":"ada"},` + gitHubRepository + `}`
)

func gitHubStatus(state string) string {
	return `{"action":"created","deployment_status":{"state":"` + state + `","created_at":"2026-01-02T10:05:00Z"},` + gitHubDeployment + "," + gitHubRepository + `}`
}

func TestGitHub(t *testing.T) {
	deployment := "acme/shop/deployment/7|deployment|%|shop|production|f95f852bd8fc|ada|Deploy main to production|"
	of := func(outcome, span string) string { return strings.Replace(deployment, "%", outcome, 1) + span }
	for body, want := range map[string]string{
		`{"action":"created",` + gitHubDeployment + "," + gitHubRepository + `}`: of("started", "10:00:00-?"),
		gitHubStatus("queued"):      of("planned", "10:00:00-?"),
		gitHubStatus("in_progress"): of("started", "10:00:00-?"),
		gitHubStatus("success"):     of("succeeded", "10:00:00-10:05:00"),
		gitHubStatus("error"):       of("failed", "10:00:00-10:05:00"),
		gitHubStatus("inactive"):    "",
		`{"action":"completed",` + gitHubRun + "," + gitHubRepository + `}`:                                                                                  "acme/shop/workflow_run/9/2|deployment|failed|shop||f95f852bd8fc|ada|Deploy: v42|10:00:00-10:07:00",
		`{"action":"requested",` + gitHubRun + "," + gitHubRepository + `}`:                                                                                  "acme/shop/workflow_run/9/2|deployment|started|shop||f95f852bd8fc|ada|Deploy: v42|10:00:00-?",
		`{"action":"completed",` + strings.Replace(gitHubRun, "Deploy", "test", 1) + "," + gitHubRepository + `}`:                                            "",
		`{"action":"published","release":{"id":3,"tag_name":"v42","published_at":"2026-01-02T10:00:00Z","author":{"login":"ada"}},` + gitHubRepository + `}`: "acme/shop/release/3|other|succeeded|shop||v42|ada|Release v42|?-10:00:00",
		`{"action":"deleted","release":{"id":3,"tag_name":"v42"},` + gitHubRepository + `}`:                                                                  "",
		gitHubPush: "acme/shop/push/b1..f95f852bd8fca8fcc58a9a2d6c842781e32a215e|other|succeeded|shop||f95f852bd8fc|ada|Push to main: Bigger pool|?-?",
		`{"ref":"refs/heads/topic","after":"f9",` + gitHubRepository + `}`:                 "",
		`{"ref":"refs/heads/main","after":"0000","deleted":true,` + gitHubRepository + `}`: "",
		`{"zen":"Keep it logically awesome.",` + gitHubRepository + `}`:                    "",
		`{"action":"opened","issue":{"id":1},` + gitHubRepository + `}`:                    "",
		`{"action":1}`: "",
		`{"action":"created",` + gitHubDeployment + `,"repository":null}`: "",
	} {
		if got := reported(t, source.GitHub{}, body); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
	sourcetest.Run(t, source.GitHub{}, all([]string{gitHubStatus("success"), `{"zen":"x"}`}, nil))
	sourcetest.Run(t, source.Gitea{}, all([]string{gitHubStatus("success"), `{"zen":"x"}`}, nil))
}

// TestGitHubAsAForm reads what is sent with the content type that GitHub offers first.
func TestGitHubAsAForm(t *testing.T) {
	s := sourcetest.Signal([]byte("payload=%7B%22zen%22%3A%22x%22%7D"))
	s.ContentType = "application/x-www-form-urlencoded"
	if _, err := (source.GitHub{}).Parse(s); err != nil {
		t.Error(err)
	}
	s.Body = []byte("other=1")
	if _, err := (source.GitHub{}).Parse(s); err == nil {
		t.Error("a form without a payload is taken")
	}
}

func TestGitLab(t *testing.T) {
	const project = `"project":{"path_with_namespace":"acme/shop","default_branch":"main"}`
	deployment := func(status, at string) string {
		return `{"object_kind":"deployment","status":"` + status + `","status_changed_at":"` + at +
			`","deployment_id":15,"environment":"production","short_sha":"279484c0","ref":"v42","user":{"username":"ada"},` + project + `}`
	}
	deployed := "acme/shop/deployment/15|deployment|%|shop|production|279484c0|ada|Deploy v42 to production|"
	of := func(outcome, span string) string { return strings.Replace(deployed, "%", outcome, 1) + span }
	for body, want := range map[string]string{
		deployment("running", "2026-04-28 21:50:00 +0200"): of("started", "19:50:00-?"),
		deployment("success", "2026-04-28 21:50:00 UTC"):   of("succeeded", "?-21:50:00"),
		deployment("failed", "2026-04-28T21:50:00Z"):       of("failed", "?-21:50:00"),
		deployment("canceled", "yesterday"):                of("canceled", "?-?"),
		deployment("created", "2026-04-28 21:50:00 UTC"):   of("planned", "21:50:00-?"),
		deployment("else", "2026-04-28 21:50:00 UTC"):      "",
		`{"object_kind":"release","action":"create","tag":"v42","name":"42","released_at":"2026-02-25 21:23:34 UTC",` + project + `}`:                                                                            "acme/shop/release/v42|other|succeeded|shop||v42||Release 42|?-21:23:34",
		`{"object_kind":"release","action":"delete","tag":"v42",` + project + `}`:                                                                                                                                "",
		`{"object_kind":"push","ref":"refs/heads/main","before":"b1","after":"da15","user_username":"ada","commits":[{"id":"da15","message":"Bigger pool","timestamp":"2026-02-25T21:00:00Z"}],` + project + `}`: "acme/shop/push/b1..da15|other|succeeded|shop||da15|ada|Push to main: Bigger pool|?-?",
		`{"object_kind":"push","ref":"refs/heads/topic","after":"da15",` + project + `}`:                                                                                                                         "",
		`{"object_kind":"pipeline","object_attributes":{"id":1}}`:                                                                                                                                                "",
	} {
		if got := reported(t, source.GitLab{}, body); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
	sourcetest.Run(t, source.GitLab{}, all([]string{deployment("running", ""), `{"object_kind":"note"}`}, []string{`{"a":1}`}))
}

func TestArgoCD(t *testing.T) {
	sync := func(phase string) string {
		return `{"app":"checkout","namespace":"prod","argocdUrl":"https://argo","revision":"6cf1b3a9","phase":"` + phase +
			`","startedAt":"2026-11-23T15:30:01Z","finishedAt":"2026-11-23T15:31:42Z","automated":true}`
	}
	key := "https://argo/checkout/6cf1b3a9/2026-11-23T15:30:01Z|deployment|"
	for body, want := range map[string]string{
		sync("Running"):   key + "started|checkout|prod|6cf1b3a9|Argo CD|Sync checkout to 6cf1b3a9|15:30:01-?",
		sync("Succeeded"): key + "succeeded|checkout|prod|6cf1b3a9|Argo CD|Sync checkout to 6cf1b3a9|15:30:01-15:31:42",
		sync("Error"):     key + "failed|checkout|prod|6cf1b3a9|Argo CD|Sync checkout to 6cf1b3a9|15:30:01-15:31:42",
		sync(""):          "",
		`{"app":"checkout","phase":"Succeeded","revision":"6cf1b3a9"}`: "tester/checkout/6cf1b3a9/|deployment|succeeded|checkout||6cf1b3a9||Sync checkout to 6cf1b3a9|?-?",
	} {
		if got := reported(t, source.ArgoCD{}, body); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
	}
	sourcetest.Run(t, source.ArgoCD{}, all([]string{sync("Running")}, []string{`{"phase":"Running"}`}))
}

func TestPagerDutyChange(t *testing.T) {
	const event = `{"payload":{"summary":"Deploy v42","timestamp":"2026-07-17T08:42:58.315+0000","source":"pipeline","custom_details":{"service":"checkout","build":7}},"links":[{"href":"https://ci.example/7"}]}`
	got := reported(t, source.PagerDutyChange{}, event)
	if !strings.HasPrefix(got, "tester/") || !strings.HasSuffix(got, "|deployment|succeeded|checkout||||Deploy v42|08:42:58-?") {
		t.Errorf("got %s", got)
	}
	if reported(t, source.PagerDutyChange{}, strings.Replace(event, "v42", "v43", 1)) == got {
		t.Error("another event is the same change")
	}
	sourcetest.Run(t, source.PagerDutyChange{}, all([]string{event}, []string{`{"payload":{}}`, `{}`}))
}

// TestAPushIsTheMoveOfABranch: one to where it was before is another push, which took
// effect when it was pushed and not when its commit was written.
func TestAPushIsTheMoveOfABranch(t *testing.T) {
	hub := func(from, to, pushed string) string {
		return `{"ref":"refs/heads/main","before":"` + from + `","after":"` + to + `","head_commit":{"message":"x","timestamp":"2026-01-02T10:00:00Z"},` +
			strings.Replace(gitHubRepository, "}", pushed+"}", 1) + `}`
	}
	const pushed = `,"pushed_at":1767358800` // 2026-01-02 13:00:00 UTC
	lab := func(from, to, _ string) string {
		return `{"object_kind":"push","ref":"refs/heads/main","before":"` + from + `","after":"` + to + `","commits":[{"id":"` + to +
			`","message":"x","timestamp":"2026-01-02T10:00:00Z"}],"project":{"path_with_namespace":"acme/shop","default_branch":"main"}}`
	}
	for _, c := range []struct {
		from   source.Source
		body   func(from, to, pushed string) string
		pushed string
		ended  string
	}{{source.GitHub{}, hub, pushed, "13:00:00"}, {source.Gitea{}, hub, "", "?"}, {source.GitLab{}, lab, "", "?"}} {
		on, back := reported(t, c.from, c.body("a1", "b2", c.pushed)), reported(t, c.from, c.body("b2", "a1", c.pushed))
		first := reported(t, c.from, c.body("00", "a1", c.pushed))
		for report, key := range map[string]string{on: "a1..b2", back: "b2..a1", first: "00..a1"} {
			if !strings.HasPrefix(report, "acme/shop/push/"+key+"|") || !strings.HasSuffix(report, "|?-"+c.ended) {
				t.Errorf("%s: %s, want the key %s and the end %s", c.from.Name(), report, key, c.ended)
			}
		}
	}
}

// TestChangeEventsWithoutATime are changes of their own, and stay so when they are read
// again.
func TestChangeEventsWithoutATime(t *testing.T) {
	parse := func(id string) change.Report {
		t.Helper()
		s := sourcetest.Signal([]byte(`{"payload":{"summary":"Deploy to production","source":"pipeline"}}`))
		s.ID = id
		batch, err := source.PagerDutyChange{}.Parse(s)
		if err != nil || len(batch.Changes) != 1 {
			t.Fatalf("%+v, %v", batch, err)
		}
		return batch.Changes[0]
	}
	first, again, second := parse("a"), parse("a"), parse("b")
	if !first.Same(again) || first.Key == second.Key {
		t.Errorf("keys %q, again %q, of the second %q", first.Key, again.Key, second.Key)
	}
	if got := span(first); got != "15:40:15-?" {
		t.Errorf("dated %s, want its arrival", got)
	}
}

// TestTheSameReportIsTheSame: a request that comes again later says the same.
func TestTheSameReportIsTheSame(t *testing.T) {
	first := sourcetest.Signal([]byte(gitHubStatus("success")))
	again := first
	again.ReceivedAt = first.ReceivedAt.Add(time.Hour)
	a, _ := source.GitHub{}.Parse(first)
	b, _ := source.GitHub{}.Parse(again)
	if len(a.Changes) != 1 || !a.Changes[0].Same(b.Changes[0]) {
		t.Errorf("%+v\nand again %+v", a, b)
	}
}

func FuzzGitHub(f *testing.F) {
	fuzz(f, source.GitHub{}, gitHubStatus("success"), `{"action":"completed",`+gitHubRun+","+gitHubRepository+`}`)
}

func FuzzGitea(f *testing.F) {
	fuzz(f, source.Gitea{}, `{"ref":"refs/heads/main","after":"f9",`+gitHubRepository+`}`)
}

func FuzzGitLab(f *testing.F) {
	fuzz(f, source.GitLab{}, `{"object_kind":"push","ref":"refs/heads/main","after":"da15","project":{"path_with_namespace":"a/b","default_branch":"main"}}`)
}

func FuzzArgoCD(f *testing.F) {
	fuzz(f, source.ArgoCD{}, `{"app":"checkout","phase":"Running","startedAt":"2026-11-23T15:30:01Z"}`)
}

func FuzzPagerDutyChange(f *testing.F) {
	fuzz(f, source.PagerDutyChange{}, `{"payload":{"summary":"Deploy","custom_details":{"service":"x"}}}`)
}

// TestPublishedChangeSamples reads the published bodies of the change feeds.
func TestPublishedChangeSamples(t *testing.T) {
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	for file, want := range map[string]string{
		"github/deployment.json":             "Codertocat/Hello-World/deployment/145988746|deployment|started|Hello-World|production|f95f852bd8fc|Codertocat|Deploy master to production|15:20:53-?",
		"github/deployment_status.json":      "Codertocat/Hello-World/deployment/145988746|deployment|succeeded|Hello-World|production|f95f852bd8fc|Codertocat|Deploy master to production|15:20:53-15:20:55",
		"gitlab/deployment.json":             "root/test-deployment-webhooks/deployment/15|deployment|succeeded|test-deployment-webhooks|staging|279484c0|user1|Deploy 1.0.0 to staging|?-19:50:00",
		"argocd/engine-v0.5.0-captured.json": "tester/checkout/6cf1b3a9/|deployment|succeeded|checkout||6cf1b3a9||Sync checkout to 6cf1b3a9|?-?",
		"gitea/push.json":                    "example/example/push/0000000000000000000000000000000000000000..67b56589a45103f891bdee7c0546e5d40bc02001|other|succeeded|example||67b56589a451|example|Push to master: example|?-?",
	} {
		body, err := os.ReadFile(filepath.Join(root, "samples", file))
		if err != nil {
			t.Skipf("the published samples are not on this machine: set BRIDGELOG_SHARED (%v)", err)
		}
		from, _ := source.NewCatalog(source.All()...).Find(filepath.Dir(file))
		if got := reported(t, from, string(body)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", file, got, want)
		}
	}
}
