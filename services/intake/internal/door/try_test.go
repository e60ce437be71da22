package door_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/route"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
)

// What would become of an alert is said by what its route does.
func TestTryingSaysWhatARouteDoes(t *testing.T) {
	body := strings.Replace(firing, `"status"`, `"labels":{"service":"checkout"},"status"`, 1)
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
		rules := func(o *door.Options) { o.Rules = func() []route.Rule { return []route.Rule{rule} } }
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
