package door_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// What would become of an alert is said by what its route does, under the catalog's name
// of its service.
func TestTryingSaysWhatARouteDoes(t *testing.T) {
	body := strings.Replace(firing, `"status"`, `"labels":{"service":"Checkout "},"status"`, 1)
	for want, rule := range map[string]route.Rule{
		"no route takes it":                                      {Match: map[string]string{"service": "search"}},
		"as its route says":                                      {List: true},
		"declares an incident":                                   {Service: "{{service}}"},
		"joins the open incident of checkout":                    {Attach: true, Service: "{{service}}"},
		"a label that its route makes the service of is missing": {Attach: true, Service: "{{component}}"},
	} {
		request := post("/try/alertmanager", body)
		request.Header.Set("Authorization", "Bearer good")
		store := &memory.Store{}
		rules := func(o *door.Options) {
			o.Rules, o.Service = func() []route.Rule { return []route.Rule{rule} }, strings.ToLower
		}
		w := serve(t, store, rules, request)
		var answer struct {
			Alerts []struct{ Outcome string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Alerts) != 1 {
			t.Fatalf("answered %d %s, %v", w.Code, w.Body, err)
		}
		if got := answer.Alerts[0].Outcome; !strings.Contains(got, want) {
			t.Errorf("%+v: says %q, want %q", rule, got, want)
		}
		if waiting, err := store.Backlog(t.Context()); err != nil || waiting.Signals != 0 {
			t.Errorf("something was stored: %+v, %v", waiting, err)
		}
	}
}

// What a payload says beside alerts is told, too, under the catalog's names.
func TestTryingSaysWhatElseIsToldOf(t *testing.T) {
	for path, c := range map[string]struct{ body, want string }{
		"/try/gitlab": {
			`{"object_kind":"deployment","status":"success","status_changed_at":"2026-01-02 03:04:05 +0000","deployment_id":7,"environment":"production","project":{"name":"shop","path_with_namespace":"a/shop"},"user":{"name":"Ada"},"short_sha":"abc"}`,
			`"outcome":"succeeded"`,
		},
		"/try/opsgenie-webhook": {
			`{"action":"Acknowledge","alert":{"alertId":"1","username":"Ada"}}`, `"acknowledges":true,"said_by":"Ada"`,
		},
	} {
		request := post(path, c.body)
		request.Header.Set("Authorization", "Bearer good")
		named := func(o *door.Options) {
			o.Sources, o.Service = source.NewCatalog(source.All()...), func(string) string { return "checkout" }
		}
		w := serve(t, &memory.Store{}, named, request)
		if got := w.Body.String(); !strings.Contains(got, c.want) || strings.Contains(got, `"changes":[{`) && !strings.Contains(got, `"service":"checkout"`) {
			t.Errorf("%s: answered %d %s", path, w.Code, got)
		}
	}
}

// A payload of Opsgenie's API has its address from the door; a file has none.
func TestTryingAnOpsgenieAlert(t *testing.T) {
	request := post("/try/opsgenie", `{"message":"Disk is full","alias":"disk","priority":"P2"}`)
	request.Header.Set("Authorization", "Bearer good")
	all := func(o *door.Options) { o.Sources = source.NewCatalog(source.All()...) }
	w := serve(t, &memory.Store{}, all, request)
	if w.Code != 200 || !strings.Contains(w.Body.String(), `"title":"Disk is full"`) {
		t.Errorf("answered %d %s", w.Code, w.Body)
	}
}
