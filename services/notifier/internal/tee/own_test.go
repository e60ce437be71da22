package tee

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

const rawID = "0190163d-8694-739b-aea5-966c26f8ad91"

// cameIn is an alert that came in at a door by a raw signal, and is known by a key.
func cameIn(door, key, body string) About {
	a := about(func(f *alert.Fired) { f.Source, f.Fingerprint, f.SignalID = door, "sender/"+key, rawID })
	a.Key, a.Raw = key, &signalv1.RawSignal{Id: rawID, Source: door, Body: []byte(body)}
	return a
}

// full is an event with all that an event may have, and what nobody knows, oddly written.
const full = "{ \"routing_key\" : \"hidden\",\n\t\"event_action\":\"trigger\", \"dedup_key\":\"disk/1\", \"client\":\"Nagios\",\"client_url\":\"https://n.example?a=1&b=<2>\"," +
	"\"payload\":{\"summary\":\"Disk \\u00fc\",\"source\":\"db-1\",\"severity\":\"critical\",\"custom_details\":{\"routing_key\":\"theirs\",\"n\":12345678901234567890.10}}," +
	"\"links\":[{\"href\":\"https://l.example\",\"text\":\"l\"}],\"images\":[{\"src\":\"https://i.example/a.png\"}],\"later\":[1,2 ,3]}"

func TestPagerDutysOwnEventsArePassedOn(t *testing.T) {
	t.Parallel()
	to := Tool{Type: "pagerduty", URL: "http://pd.example/v2/enqueue", Key: "OUR\"KEY"}
	quoted := `"OUR\"KEY"`
	const first = `{"service_key":"hidden","event_type":"trigger","incident_key":"disk/1","description":"Disk","details":{"a":1},"contexts":[{"type":"link"}]}`
	for name, c := range map[string]struct {
		key, body string
		action    Action
		path      string
		want      string // empty: in our words
	}{
		"everything":               {"disk/1", full, Trigger, "/v2/enqueue", strings.Replace(full, `"hidden"`, quoted, 1)},
		"version 1":                {"disk/1", first, Trigger, "/generic/2010-04-15/create_event.json", strings.Replace(first, `"hidden"`, quoted, 1)},
		"no routing key":           {"k", `{"event_action":"resolve","dedup_key":"k"}`, Resolve, "/v2/enqueue", `{"routing_key":` + quoted + `,"event_action":"resolve","dedup_key":"k"}`},
		"no key":                   {"given", `{"routing_key":"hidden","event_action":"trigger"}`, Trigger, "/v2/enqueue", `{"dedup_key":"given","routing_key":` + quoted + `,"event_action":"trigger"}`},
		"no key, version 1":        {"given", `{"service_key":"hidden","event_type":"trigger"}`, Trigger, "/generic/2010-04-15/create_event.json", `{"incident_key":"given","service_key":` + quoted + `,"event_type":"trigger"}`},
		"acknowledged":             {"k", `{"routing_key":"hidden","event_action":"acknowledge","dedup_key":"k","payload":{"summary":"mine"}}`, Acknowledge, "/v2/enqueue", `{"routing_key":` + quoted + `,"event_action":"acknowledge","dedup_key":"k","payload":{"summary":"mine"}}`},
		"both names":               {"k", `{"routing_key":"hidden","service_key":"hidden","event_action":"resolve","dedup_key":"k"}`, Resolve, "/v2/enqueue", `{"routing_key":` + quoted + `,"service_key":` + quoted + `,"event_action":"resolve","dedup_key":"k"}`},
		"another alert":            {"k", `{"routing_key":"hidden","event_action":"resolve","dedup_key":"other"}`, Resolve, "/v2/enqueue", ""},
		"another act":              {"k", `{"routing_key":"hidden","event_action":"trigger","dedup_key":"k"}`, Resolve, "/v2/enqueue", ""},
		"no event":                 {"k", `[]`, Resolve, "/v2/enqueue", ""},
		"more than an event holds": {"k", `{"event_action":"trigger","dedup_key":"k","x":"` + strings.Repeat("x", pagerDutyMost) + `"}`, Trigger, "/v2/enqueue", ""},
	} {
		r, err := Build(to, c.action, cameIn("pagerduty", c.key, c.body))
		if err != nil || r.URL != "http://pd.example"+c.path || r.Own != (c.want != "") {
			t.Errorf("%s: %s, own %v, %v", name, r.URL, r.Own, err)
			continue
		}
		if c.want != "" && string(r.Body) != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, r.Body, c.want)
		}
		// In our words it is told under the same key.
		var told struct {
			Key   string `json:"dedup_key"`
			First string `json:"incident_key"`
		}
		if err := json.Unmarshal(r.Body, &told); err != nil || told.Key+told.First != c.key || len(r.Body) > pagerDutyMost+100 {
			t.Errorf("%s: told under %q: %v", name, told.Key+told.First, err)
		}
	}
}

func TestOpsgeniesOwnRequestsArePassedOn(t *testing.T) {
	t.Parallel()
	to := Tool{Type: "opsgenie", URL: "http://og.example", Key: "OUR-KEY"}
	const create = "{ \"message\":\"Disk\", \"alias\":\"a/b c\",\"responders\":[{\"type\":\"team\",\"name\":\"db\"}],\"visibleTo\":[], \"actions\":[\"restart\"],\"later\":<> }"
	body := strings.Replace(create, "<>", "1.50", 1)
	for name, c := range map[string]struct {
		key, raw string
		action   Action
		url      string
		want     string
		own      bool
	}{
		"create":          {"a/b c", "POST /v2/alerts\n\n" + body, Trigger, "http://og.example/v2/alerts", body, true},
		"without alias":   {rawID, "POST /v2/alerts\n\n{\"message\":\"Disk\"}", Trigger, "http://og.example/v2/alerts", `{"alias":"` + rawID + `","message":"Disk"}`, true},
		"acknowledge":     {"a/b c", "POST /v2/alerts/a%2Fb%20c/acknowledge?identifierType=alias\n\n{\"user\":\"ada\",\"x\": 1}", Acknowledge, "http://og.example/v2/alerts/a%2Fb%20c/acknowledge?identifierType=alias", `{"user":"ada","x": 1}`, true},
		"close, no body":  {"a", "POST /v2/alerts/a/close\n\n", Resolve, "http://og.example/v2/alerts/a/close?identifierType=alias", "", true},
		"by an id":        {rawID, "POST /v2/alerts/" + rawID + "/close?identifierType=id\n\n{}", Resolve, "http://og.example/v2/alerts/" + rawID + "/close?identifierType=alias", "{}", true},
		"note":            {"a", "POST /v2/alerts/a/notes?identifierType=alias\n\n{\"note\":\"x\"}", Note, "http://og.example/v2/alerts/a/notes?identifierType=alias", `{"note":"x"}`, true},
		"another alert":   {"a", "POST /v2/alerts/b/close\n\n{}", Resolve, "http://og.example/v2/alerts/a/close?identifierType=alias", "", false},
		"no line at all":  {"a", "{}", Resolve, "http://og.example/v2/alerts/a/close?identifierType=alias", "", false},
		"another address": {"a", "POST /v1/incidents\n\n{}", Resolve, "http://og.example/v2/alerts/a/close?identifierType=alias", "", false},
	} {
		r, err := Build(to, c.action, cameIn("opsgenie", c.key, c.raw))
		if err != nil || r.URL != c.url || r.Own != c.own || r.Header.Get("Authorization") != "GenieKey OUR-KEY" || c.own && string(r.Body) != c.want {
			t.Errorf("%s: own %v, %s\n%s\n%v", name, r.Own, r.URL, r.Body, err)
		}
	}
}

// TestTheSendersKeyIsFound from what was sent, and from the alert where that is gone.
func TestTheSendersKeyIsFound(t *testing.T) {
	t.Parallel()
	raw := func(door, body string) *signalv1.RawSignal {
		return &signalv1.RawSignal{Id: rawID, Source: door, Body: []byte(body)}
	}
	for name, c := range map[string]struct {
		tool  string
		fired alert.Fired
		raw   *signalv1.RawSignal
		want  string
	}{
		"PagerDuty's":             {"pagerduty", alert.Fired{Source: "pagerduty", Fingerprint: "key-abc"}, raw("pagerduty", `{"event_action":"trigger","dedup_key":"a long one"}`), "a long one"},
		"given":                   {"pagerduty", alert.Fired{Source: "pagerduty", Fingerprint: "s/x"}, raw("pagerduty", `{"event_action":"trigger"}`), strings.ReplaceAll(rawID, "-", "")},
		"Opsgenie's":              {"opsgenie", alert.Fired{Source: "opsgenie", Fingerprint: "s/a"}, raw("opsgenie", "POST /v2/alerts\n\n{\"alias\":\"a\"}"), "a"},
		"given by an id":          {"opsgenie", alert.Fired{Source: "opsgenie", Fingerprint: "s/" + rawID}, raw("opsgenie", "POST /v2/alerts\n\n{}"), rawID},
		"gone":                    {"pagerduty", alert.Fired{Source: "pagerduty", Fingerprint: "s/disk/1"}, nil, "disk/1"},
		"gone, and too long":      {"pagerduty", alert.Fired{Source: "pagerduty", Fingerprint: "key-abc"}, nil, ""},
		"to the other tool":       {"opsgenie", alert.Fired{Source: "pagerduty", Fingerprint: "s/x"}, raw("pagerduty", `{"event_action":"trigger","dedup_key":"k"}`), ""},
		"of another door":         {"pagerduty", alert.Fired{Source: "grafana", Fingerprint: "s/x"}, raw("grafana", `{}`), ""},
		"a webhook of the tool's": {"pagerduty", alert.Fired{Source: "pagerduty-webhook", Fingerprint: "s/x"}, nil, ""},
	} {
		if got := keyOf(c.tool, c.fired, c.raw); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestTheSendersWordsStandBesideOurs where the alert came in at another door, as far as there
// is room.
func TestTheSendersWordsStandBesideOurs(t *testing.T) {
	t.Parallel()
	group := `{"version":"4","alerts":[{"fingerprint":"other","x":1},{"fingerprint":"mine", "labels":{"a":"<b>"}}]}`
	a := about(func(f *alert.Fired) { f.Fingerprint = "mine" })
	a.Raw = &signalv1.RawSignal{Id: rawID, Source: "alertmanager", Body: []byte(group)}
	_, event := build(t, Tool{Type: "pagerduty", Key: "K"}, Trigger, a)
	raw := event["payload"].(map[string]any)["custom_details"].(map[string]any)["raw"]
	if one, ok := raw.(map[string]any); !ok || one["fingerprint"] != "mine" || one["labels"].(map[string]any)["a"] != "<b>" {
		t.Errorf("of several the right one: %v", raw)
	}
	_, made := build(t, Tool{Type: "opsgenie", Key: "K"}, Trigger, a)
	if got := made["details"].(map[string]any)["raw"]; got != `{"fingerprint":"mine", "labels":{"a":"<b>"}}` {
		t.Errorf("in Opsgenie's details: %v", got)
	}
	a.Raw.Source = "sentry"
	a.Raw.Body = []byte(`{"text":"` + strings.Repeat("x", 9000) + `"}`)
	_, made = build(t, Tool{Type: "opsgenie", Key: "K"}, Trigger, a)
	if got := made["description"].(string); made["details"].(map[string]any)["raw"] != nil || !strings.Contains(got, "As it was sent:\n{\"text\":\"xxx") || len([]rune(got)) > opsgenieDescription {
		t.Errorf("what has no room in the details: %d", len(got))
	}
	a.Raw.Body = []byte(`{"text":"` + strings.Repeat("<", 200<<10) + `"}`)
	r, event := build(t, Tool{Type: "pagerduty", Key: "K"}, Trigger, a)
	if details := event["payload"].(map[string]any)["custom_details"].(map[string]any); details["raw"] != nil || details["raw_left_out"] == "" || len(r.Body) > pagerDutyMost {
		t.Errorf("%d bytes", len(r.Body))
	}
	for body, want := range map[string]any{"plain words": "plain words", "\xff\xfe": nil, "  ": nil} {
		a.Raw.Body = []byte(body)
		_, event = build(t, Tool{Type: "pagerduty", Key: "K"}, Trigger, a)
		if got := event["payload"].(map[string]any)["custom_details"].(map[string]any)["raw"]; got != want {
			t.Errorf("%q: %v", body, got)
		}
	}
	a = cameIn("opsgenie", "", "POST /v2/alerts\n\n{\"message\":\"m\",\"alias\":\"a\"}")
	if _, event = build(t, Tool{Type: "pagerduty", Key: "K"}, Trigger, a); event["payload"].(map[string]any)["custom_details"].(map[string]any)["raw"].(map[string]any)["message"] != "m" || event["dedup_key"] != a.ID {
		t.Errorf("from the other tool's door: %v", event)
	}
}

// TestOnlyTheAlertsOwnWordsAreForwarded where a request may tell of others: what is said of
// these may belong to other people.
func TestOnlyTheAlertsOwnWordsAreForwarded(t *testing.T) {
	t.Parallel()
	const theirs, mine = `{"fingerprint":"disk","x":"secret"}`, `{"fingerprint":"db/disk","x":1}`
	for name, c := range map[string]struct {
		door, fingerprint, body string
		alone                   bool
		want                    string // empty: nothing
	}{
		"by its key":                    {"alertmanager", "db/disk", `{"alerts":[` + theirs + `,` + mine + `]}`, false, mine},
		"by its key behind the sender":  {"api", "S/db/disk", `{"alerts":[` + theirs + `,` + mine + `],"changes":[{"key":"secret"}]}`, false, mine},
		"no key ends like another":      {"api", "S/db/disk", `{"alerts":[` + theirs + `,{"x":"secret"}]}`, false, ""},
		"a door that puts none before":  {"grafana", "S/disk", `{"alerts":[` + theirs + `,{"x":"secret"}]}`, false, ""},
		"keys that are not there":       {"alertmanager", "labels-1", `{"secret":1,"alerts":[{"x":1},{"x":"secret"}]}`, false, ""},
		"the only one":                  {"alertmanager", "labels-1", `{"secret":1,"alerts":[{"x":1}]}`, false, `{"x":1}`},
		"no alerts":                     {"alertmanager", "f", `{"secret":1}`, false, ""},
		"no JSON":                       {"alertmanager", "f", `secret`, false, ""},
		"a batch of events":             {"cloudevents", "S/f", `[{"id":"1"},{"id":"secret"}]`, false, ""},
		"a batch of one event":          {"cloudevents", "S/f", ` [{"id":"1"}]`, false, `{"id":"1"}`},
		"an event":                      {"cloudevents", "S/f", `{"id":"1"}`, false, `{"id":"1"}`},
		"a mapping of several":          {"json", "S/f", `{"any":["secret"]}`, false, ""},
		"a mapping of the whole body":   {"json", "S/f", `{"any":[1]}`, true, `{"any":[1]}`},
		"one alert by its form":         {"datadog", "S/f", `{"id":1}`, false, `{"id":1}`},
		"a door that nobody thought of": {"later", "S/f", `{"id":"secret"}`, false, ""},
	} {
		a := about(func(f *alert.Fired) { f.Source, f.Fingerprint = c.door, c.fingerprint })
		a.Raw, a.Alone = &signalv1.RawSignal{Id: rawID, Source: c.door, Body: []byte(c.body)}, c.alone
		raw, why := rawAlert(a)
		if string(raw) != c.want || (why == whySeveral) != (c.want == "") {
			t.Errorf("%s: %s, %q", name, raw, why)
		}
		for _, tool := range []string{"pagerduty", "opsgenie"} {
			if r, _ := build(t, Tool{Type: tool, Key: "K"}, Trigger, a); strings.Contains(string(r.Body), "secret") {
				t.Errorf("%s: %s got %s", name, tool, r.Body)
			}
		}
	}
}

func TestNotesAreToldInTheirPlace(t *testing.T) {
	t.Parallel()
	now := time.Now()
	h := history{State: alert.State{Fired: alert.Fired{Source: "opsgenie"}}, notes: []note{{3, "s3"}, {5, "s5"}}}
	row := db.NotifierLedgerTee{}
	if got, _ := next(row, h, true); got.action != Trigger {
		t.Errorf("before the trigger: %+v", got)
	}
	row.TriggeredAt = &now
	if got, _ := next(row, h, true); got != (telling{Note, "s3", 3}) {
		t.Errorf("the first: %+v", got)
	}
	if got, _ := next(row, h, false); got.action != "" {
		t.Errorf("a tool that takes none: %+v", got)
	}
	row, rest := after(row, telling{Note, "s3", 3}, outcome{accepted: true}, now)
	if row.Noted != 3 || row.Note != "" || rest != 0 {
		t.Errorf("told: %+v", row)
	}
	h.Acknowledged, h.acknowledged = alert.Acknowledged{By: "p", SignalID: "s4"}, 4
	if got, _ := next(row, h, true); got.action != Acknowledge || got.signal != "s4" {
		t.Errorf("acknowledged before the second: %+v", got)
	}
	h.EndedAt, h.EndSignal = now, "s6"
	if got, _ := next(row, h, true); got != (telling{Note, "s5", 5}) {
		t.Errorf("before the end: %+v", got)
	}
	row, _ = after(row, telling{Note, "s5", 5}, outcome{final: true, problem: "it answered 422"}, now)
	if row.Noted != 5 || row.NoteKey != "note-5" || !strings.Contains(row.Note, "422") {
		t.Errorf("refused: %+v", row)
	}
	if got, _ := next(row, h, true); got.action != Resolve || got.signal != "s6" {
		t.Errorf("at last: %+v", got)
	}
}

// TestANoteIsSoonGivenUp since it keeps back the end, which stops calling people.
func TestANoteIsSoonGivenUp(t *testing.T) {
	t.Parallel()
	row, total, tries := db.NotifierLedgerTee{}, time.Duration(0), 0
	for row.Noted == 0 && tries < 100 {
		var rest time.Duration
		row, rest = after(row, telling{Note, "s", 4}, outcome{problem: "it answered 503"}, time.Now())
		total += rest
		tries++
	}
	if tries != noteAttempts || total > 10*time.Second || row.Attempts != 0 || !strings.Contains(row.Note, "in 3 attempts: it answered 503") {
		t.Errorf("%d tries in %v: %+v", tries, total, row)
	}
}

func FuzzOwn(f *testing.F) {
	f.Add("pagerduty", []byte(full))
	f.Add("opsgenie", []byte("POST /v2/alerts/a%2Fb/close?identifierType=alias\n\n{}"))
	f.Add("grafana", []byte(`{"alerts":[{"fingerprint":"f"}]}`))
	f.Fuzz(func(t *testing.T, door string, body []byte) {
		for _, tool := range []string{"pagerduty", "opsgenie"} {
			for _, action := range []Action{Trigger, Acknowledge, Resolve} {
				a := cameIn(door, "", string(body))
				a.Key = keyOf(tool, a.State.Fired, a.Raw)
				r, err := Build(Tool{Type: tool, Key: "OUR-KEY"}, action, a)
				if err != nil || len(r.Body) > 0 && !r.Own && !json.Valid(r.Body) {
					t.Errorf("%s of %q: %v", action, body, err)
				}
			}
		}
	})
}
