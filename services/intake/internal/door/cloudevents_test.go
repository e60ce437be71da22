package door_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// In binary mode the attributes are headers, which are kept with the body.
func TestAttributesAreKept(t *testing.T) {
	store := &memory.Store{}
	r := post("/hooks/cloudevents?access_token=good", `{"title":"Disk full"}`)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "ce-id": "1", "ce-specversion": "1.0", "ce-source": "/m", "ce-type": "disk.firing", "X-Other": "secret",
	} {
		r.Header.Set(name, value)
	}
	if w := serve(t, store, everything, r); w.Code != http.StatusAccepted {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	kept := stored(t, store)
	batch, err := source.CloudEvents{}.Parse(source.SignalOf(kept))
	if err != nil || len(batch.Alerts) != 1 || len(kept.GetHeaders()) != 4 || kept.GetHeaders()["ce-type"] != "disk.firing" {
		t.Errorf("kept %v, which says %+v, %v", kept.GetHeaders(), batch, err)
	}
}

// A pipeline tells of a deployment in any form; it is the same change in each.
func TestADeploymentAsACloudEvent(t *testing.T) {
	const (
		data       = `{"subject":{"id":"checkout","content":{"environment":{"id":"prod"}}},"customData":{"version":"v42","author":"ada"}}`
		structured = `{"specversion":"1.0","id":"1","source":"/ci","type":"dev.cdevents.service.deployed.0.2.0","data":` + data + `}`
	)
	for name, c := range map[string]struct{ kind, body string }{
		"structured": {"application/cloudevents+json; charset=utf-8", structured},
		"binary":     {"application/json", data},
		"batch":      {"application/cloudevents-batch+json", "[" + structured + "]"},
	} {
		store := &memory.Store{}
		r := post("/hooks/cloudevents/good", c.body)
		r.Header.Set("Content-Type", c.kind)
		if name == "binary" {
			for name, value := range map[string]string{"ce-id": "1", "ce-specversion": "1.0", "ce-source": "/ci", "ce-type": "dev.cdevents.service.deployed.0.2.0"} {
				r.Header.Set(name, value)
			}
		}
		if w := serve(t, store, everything, r); w.Code != http.StatusAccepted {
			t.Fatalf("%s: answered %d %s", name, w.Code, w.Body)
		}
		batch, err := source.CloudEvents{}.Parse(source.SignalOf(stored(t, store)))
		if err != nil || len(batch.Changes) != 1 || len(batch.Alerts) != 0 {
			t.Fatalf("%s: %+v, %v", name, batch, err)
		}
		if c := batch.Changes[0]; c.Key != "machine//ci#1" || c.Service != "checkout" || c.Environment != "prod" || c.Version != "v42" || c.AuthorName != "ada" {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// A sender may ask whether it may send.
func TestHandshakes(t *testing.T) {
	for path, want := range map[string]int{
		"/hooks/cloudevents/good": 200, "/hooks/cloudevents?access_token=good": 200, "/hooks/cloudevents/bad": 401, "/hooks/cloudevents": 401,
	} {
		r := httptest.NewRequest(http.MethodOptions, path, http.NoBody)
		r.Header.Set("WebHook-Request-Origin", "events.example")
		w := serve(t, &memory.Store{}, everything, r)
		if w.Code != want || (want == 200) != (w.Header().Get("WebHook-Allowed-Origin") == "events.example") {
			t.Errorf("%s: answered %d %v, want %d", path, w.Code, w.Header(), want)
		}
	}
}

func TestGrafanaMayPut(t *testing.T) {
	r := post("/hooks/alertmanager/good", firing)
	r.Method = http.MethodPut
	if w := serve(t, &memory.Store{}, nil, r); w.Code != http.StatusAccepted {
		t.Errorf("answered %d", w.Code)
	}
}
