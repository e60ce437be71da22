package source_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const (
	ceFiring = `{"specversion":"1.0","id":"1","source":"/mon","type":"com.example.disk.firing","subject":"db-1","time":"2025-11-22T10:00:00Z","data":{"title":"Disk full","severity":"critical","labels":{"service":"checkout","n":1},"annotations":{"runbook_url":"https://r.example"}}}`
	ceDeploy = `{"specversion":"1.0","id":"2","source":"/ci","type":"dev.cdevents.service.deployed.0.2.0","data":{"revision":"a"}}`
	ceBase64 = `{"specversion":"1.0","id":"3","source":"/mon","type":"com.example.blob.resolved","data_base64":"AAEC"}`
)

// structured is a source that is sent structured events.
type structured struct{ source.CloudEvents }

func (s structured) Parse(signal source.Signal) (source.Batch, error) {
	signal.ContentType = "application/cloudevents+json"
	return s.CloudEvents.Parse(signal)
}

func TestCloudEventsOneByOne(t *testing.T) {
	for _, body := range []string{ceFiring, ceDeploy, ceBase64} {
		batch, err := structured{}.Parse(sourcetest.Signal([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		sourcetest.Check(t, batch)
	}
	a := testTold(t, structured{}, ceFiring, &told{"/mon#db-1", true, "Disk full", map[string]string{
		"service": "checkout", "n": "1", "severity": "critical", "type": "com.example.disk", "source": "/mon", "subject": "db-1",
	}})
	if a.RunbookURL != "https://r.example" || a.StartsAt.Format("15:04") != "10:00" {
		t.Errorf("got %+v", a)
	}
	testTold(t, structured{}, strings.Replace(ceFiring, "firing", "resolved", 1), &told{"/mon#db-1", false, "Disk full", nil})
	testTold(t, structured{}, strings.Replace(ceFiring, `"title"`, `"status":"RESOLVED","title"`, 1), &told{"/mon#db-1", false, "Disk full", nil})
	testTold(t, structured{}, ceBase64, &told{"/mon#com.example.blob", false, "com.example.blob", nil})
	testTold(t, structured{}, strings.Replace(ceDeploy, "{\"revision", `{"status":"firing","revision`, 1), nil) // a change, whatever it says
	testTold(t, structured{}, strings.Replace(ceFiring, "disk.firing", "pull_request.opened", 1), nil)
}

func TestCloudEventsModes(t *testing.T) {
	binary := sourcetest.Signal([]byte(`{"title":"Disk full"}`))
	binary.ContentType = "application/json"
	binary.Header = map[string]string{
		"ce-id": "1", "ce-source": "/mon", "ce-specversion": "1.0", "ce-type": "com.example.disk.firing", "ce-subject": "d%C3%A9-1",
	}
	batched := sourcetest.Signal([]byte("[" + ceFiring + "," + ceDeploy + "," + strings.Replace(ceFiring, "db-1", "db-2", 1) + "]"))
	batched.ContentType = "application/cloudevents-batch+json"
	empty := batched
	empty.Body = []byte("[]")
	for name, c := range map[string]struct {
		signal source.Signal
		keys   []string
	}{
		"binary": {binary, []string{"tester/" + "/mon#dé-1"}}, "batch": {batched, []string{"tester//mon#db-1", "tester//mon#db-2"}}, "an empty batch": {empty, nil},
	} {
		batch, err := source.CloudEvents{}.Parse(c.signal)
		if err != nil || len(batch.Alerts) != len(c.keys) || (len(batch.Changes) == 1) != (name == "batch") {
			t.Fatalf("%s: %+v, %v", name, batch, err)
		}
		sourcetest.Check(t, batch)
		for i, key := range c.keys {
			if batch.Alerts[i].Fingerprint != key || batch.Alerts[i].Title != "Disk full" {
				t.Errorf("%s: %+v, want %q", name, batch.Alerts[i], key)
			}
		}
	}
}

func TestHeadersOfCloudEvents(t *testing.T) {
	for value, want := range map[string]string{`plain`: "plain", `"a%20\"b\""`: `a "b"`, `%25`: "%", `%ff`: "", `%2`: ""} {
		signal := sourcetest.Signal([]byte("x"))
		signal.Header = map[string]string{"ce-id": "1", "ce-source": "/m", "ce-specversion": "1.0", "ce-type": "t.firing", "ce-subject": value}
		batch, err := source.CloudEvents{}.Parse(signal)
		if (want == "") != errors.Is(err, source.ErrMalformed) || err == nil && batch.Alerts[0].Labels["subject"] != want {
			t.Errorf("%s: %+v, %v, want %q", value, batch, err, want)
		}
	}
}

func TestNoCloudEvents(t *testing.T) {
	for kind, bodies := range map[string][]string{
		"application/cloudevents+json":       {"", "[]", "{}", "{", strings.Replace(ceFiring, `"id":"1",`, "", 1), strings.Replace(ceFiring, "1.0", "9.9", 1)},
		"application/cloudevents-batch+json": {"", "{}", `[{}]`, "[" + strings.Repeat("{},", 1000) + "{}]"},
		"application/json":                   {ceFiring}, // no header says that it is one
		"":                                   {ceFiring},
	} {
		for _, body := range bodies {
			signal := sourcetest.Signal([]byte(body))
			signal.ContentType = kind
			if _, err := (source.CloudEvents{}).Parse(signal); !errors.Is(err, source.ErrMalformed) {
				t.Errorf("%s %.60s: %v", kind, body, err)
			}
		}
	}
}

func FuzzCloudEvents(f *testing.F) {
	for _, body := range []string{ceFiring, ceDeploy, ceBase64, "[" + ceFiring + "]", "x", cdService("deployed"), "[" + cdRun("started", "") + "," + cdRun("finished", "failure") + "]"} {
		for _, kind := range []string{"application/cloudevents+json", "application/cloudevents-batch+json", "application/json"} {
			f.Add([]byte(body), kind, "1.0", "com.example.firing")
		}
	}
	f.Fuzz(func(t *testing.T, body []byte, kind, version, name string) {
		signal := sourcetest.Signal(body)
		signal.ContentType = kind
		signal.Header = map[string]string{"ce-id": "1", "ce-source": "/s", "ce-specversion": version, "ce-type": name}
		batch, err := source.CloudEvents{}.Parse(signal)
		if err == nil {
			sourcetest.Check(t, batch)
		} else if !errors.Is(err, source.ErrMalformed) {
			t.Fatal(err)
		}
	})
}
