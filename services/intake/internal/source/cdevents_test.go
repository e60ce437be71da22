package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

// cdEvent is an event of a pipeline at a time, with what it says of its subject.
func cdEvent(kind, subject, content string) string {
	return `{"specversion":"1.0","id":"e1","source":"/ci/shop","type":"dev.cdevents.` + kind + `.0.2.0","subject":"` + subject +
		`","time":"2026-01-02T10:05:00Z","data":{"context":{"version":"0.4.1","id":"e1","timestamp":"2026-01-02T10:04:00Z"},` +
		`"subject":{"id":"` + subject + `","content":` + content + `},"customData":{"author":"ada","ticket":7}}}`
}

func cdService(what string) string {
	return cdEvent("service."+what, "shop/checkout", `{"environment":{"id":"prod","source":"/k8s"},"artifactId":"pkg:oci/checkout@sha256%3A`+strings.Repeat("ab", 32)+`?tag=v42"}`)
}

func cdRun(what, outcome string) string {
	return cdEvent("pipelinerun."+what, "run-7", `{"pipelineName":"deploy checkout","outcome":"`+outcome+`","uri":"https://ci.example/7"}`)
}

func TestPipelinesReportChanges(t *testing.T) {
	const service, run = "tester//ci/shop#e1|", "tester//ci/shop#pipelinerun/run-7|deployment|"
	for body, want := range map[string]string{
		cdService("deployed"):   service + "deployment|succeeded|checkout|prod|v42|ada|Deploy checkout to v42 in prod|?-10:05:00",
		cdService("upgraded"):   service + "deployment|succeeded|checkout|prod|v42|ada|Upgrade checkout to v42 in prod|?-10:05:00",
		cdService("rolledback"): service + "rollback|succeeded|checkout|prod|v42|ada|Roll back checkout to v42 in prod|?-10:05:00",
		cdService("published"):  service + "other|succeeded|checkout|prod|v42|ada|Publish checkout in prod|?-10:05:00",
		cdService("removed"):    service + "other|succeeded|checkout|prod|v42|ada|Remove checkout from prod|?-10:05:00",
		cdService("pondered"):   "",
		// The digest, where no tag is said, and the time of the context.
		strings.NewReplacer("?tag=v42", "", `"time":"2026-01-02T10:05:00Z",`, "").Replace(cdService("deployed")): service +
			"deployment|succeeded|checkout|prod|sha256:abababababab|ada|Deploy checkout to sha256:abababababab in prod|?-10:04:00",
		strings.Replace(cdService("deployed"), "2026-01-02T10:05", "2126-01-02T10:05", 1):     service + "deployment|succeeded|checkout|prod|v42|ada|Deploy checkout to v42 in prod|?-10:04:00",
		strings.Replace(cdService("deployed"), `"ticket"`, `"service":"till","ticket"`, 1):    service + "deployment|succeeded|till|prod|v42|ada|Deploy till to v42 in prod|?-10:05:00",
		strings.Replace(cdService("deployed"), `{"id":"prod","source":"/k8s"}`, `"stage"`, 1): service + "deployment|succeeded|checkout|stage|v42|ada|Deploy checkout to v42 in stage|?-10:05:00",
		ceDeploy:                    "tester//ci#2|deployment|succeeded|||a||Deploy a service to a|?-?",
		cdRun("queued", ""):         run + "planned||||ada|Run deploy checkout|10:05:00-?",
		cdRun("started", ""):        run + "started||||ada|Run deploy checkout|10:05:00-?",
		cdRun("finished", ""):       run + "succeeded||||ada|Run deploy checkout|?-10:05:00",
		cdRun("finished", "error"):  run + "failed||||ada|Run deploy checkout|?-10:05:00",
		cdRun("finished", "cancel"): run + "canceled||||ada|Run deploy checkout|?-10:05:00",
		strings.Replace(cdRun("started", ""), "deploy", "test", 1):       "", // a pipeline that deploys nothing
		cdEvent("environment.modified", "env-1", `{"name":"prod"}`):      service + "configuration|succeeded||prod||ada|Modify environment prod|?-10:05:00",
		cdEvent("environment.created", "env-1", `{}`):                    service + "configuration|succeeded||env-1||ada|Create environment env-1|?-10:05:00",
		cdEvent("environment.watched", "env-1", `{}`):                    "",
		cdEvent("artifact.published", "pkg:oci/checkout", `{}`):          "", // runs nowhere yet
		strings.Replace(cdService("deployed"), "dev.cdevents", "com", 1): "",
	} {
		if got := reported(t, structured{}, body); got != want {
			t.Errorf("%s:\n got %s\nwant %s", body, got, want)
		}
		batch, err := structured{}.Parse(sourcetest.Signal([]byte(body)))
		if err != nil || len(batch.Alerts) != 0 {
			t.Errorf("%s: %d alerts, %v", body, len(batch.Alerts), err)
		}
		sourcetest.Check(t, batch)
	}
	batch, _ := structured{}.Parse(sourcetest.Signal([]byte(cdRun("started", ""))))
	if r := batch.Changes[0]; r.Link != "https://ci.example/7" || r.Labels["ticket"] != "7" || r.Labels["pipeline"] != "deploy checkout" {
		t.Errorf("got %+v", r)
	}
}

func TestChangesInEveryForm(t *testing.T) {
	const attributes = "tester//ci/shop#e1|deployment|succeeded|checkout|prod|"
	binary := sourcetest.Signal([]byte(`{"subject":{"id":"checkout","content":{"environment":{"id":"prod"}}},"customData":{"version":"v42"}}`))
	binary.ContentType = "application/json"
	binary.Header = map[string]string{
		"ce-id": "e1", "ce-source": "/ci/shop", "ce-specversion": "1.0", "ce-type": "dev.cdevents.service.deployed.0.2.0", "ce-time": "2026-01-02T10:05:00Z",
	}
	batched := sourcetest.Signal([]byte("[" + cdRun("started", "") + "," + ceFiring + "," + cdService("deployed") + "," +
		strings.Replace(cdRun("finished", "failure"), "10:05:00", "10:09:00", 1) + "]"))
	batched.ContentType = "application/cloudevents-batch+json"
	for name, c := range map[string]struct {
		signal source.Signal
		want   []string
	}{
		"binary": {binary, []string{attributes + "v42||Deploy checkout to v42 in prod|?-10:05:00"}},
		"batch": {batched, []string{
			"tester//ci/shop#pipelinerun/run-7|deployment|failed||||ada|Run deploy checkout|10:05:00-10:09:00", // both of its events
			attributes + "v42|ada|Deploy checkout to v42 in prod|?-10:05:00",
		}},
	} {
		batch, err := source.CloudEvents{}.Parse(c.signal)
		if err != nil || len(batch.Changes) != len(c.want) || len(batch.Alerts) != len(c.want)-1 {
			t.Fatalf("%s: %+v, %v", name, batch, err)
		}
		sourcetest.Check(t, batch)
		for i := range c.want {
			if got := line(batch.Changes[i]); got != c.want[i] {
				t.Errorf("%s:\n got %s\nwant %s", name, got, c.want[i])
			}
		}
	}
}

// TestADeploymentAsItIsPublished reads the published event of a deployment, whose data has
// no frame.
func TestADeploymentAsItIsPublished(t *testing.T) {
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "..", "shared")
	}
	body, err := os.ReadFile(filepath.Join(root, "samples", "cloudevents", "structured-deployment.json"))
	if err != nil {
		t.Skipf("the published samples are not on this machine: set BRIDGELOG_SHARED (%v)", err)
	}
	const want = "tester//ci/example/checkout#0f2c1c1e-7a0e-4a3a-9d3f-0c6f0c6c8b11|deployment|succeeded|checkout|prod|6cf1b3a9||Deploy checkout to 6cf1b3a9 in prod|?-15:30:42"
	if got := reported(t, structured{}, string(body)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
