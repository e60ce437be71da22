package door_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
)

// genie is a request as Opsgenie's clients send it.
func genie(method, path, key, body string) *http.Request {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", key)
	}
	return r
}

// Whoever alerts through Opsgenie gets the answers that Opsgenie gives.
func TestOpsgeniesAnswers(t *testing.T) {
	const create = `{"message":"Disk full","alias":"a"}`
	for name, c := range map[string]struct {
		method, path, key, body string
		status                  int
		kept                    string // the first line of what is stored
		want                    string // a part of the answer
	}{
		"create":             {"POST", "/v2/alerts", "GenieKey good", create, 202, "POST /v2/alerts", `"result":"Request will be processed"`},
		"the word in small":  {"POST", "/v2/alerts", "geniekey good", create, 202, "POST /v2/alerts", `"requestId"`},
		"token in the path":  {"POST", "/hooks/opsgenie/good/v2/alerts", "GenieKey theirs", create, 202, "POST /v2/alerts", `"took"`},
		"close":              {"POST", "/v2/alerts/a%2Fb/close?identifierType=alias", "GenieKey good", `{}`, 202, "POST /v2/alerts/a%2Fb/close?identifierType=alias", `"requestId"`},
		"close, our address": {"POST", "/hooks/opsgenie/good/v2/alerts/a%2Fb/close", "", ``, 202, "POST /v2/alerts/a%2Fb/close", `"requestId"`},
		"other words of the query": {
			"POST", "/v2/alerts/a/close?x=secret&identifierType=alias&access_token=secret", "GenieKey good", ``, 202,
			"POST /v2/alerts/a/close?identifierType=alias", `"requestId"`,
		},
		"a token in the query": {"POST", "/v2/alerts?access_token=good", "", create, 401, "", `"message"`},
		"acknowledge":          {"POST", "/v2/alerts/a/acknowledge", "GenieKey good", ``, 202, "POST /v2/alerts/a/acknowledge", `"requestId"`},
		"note":                 {"POST", "/v2/alerts/a/notes", "GenieKey good", `{"note":"x"}`, 202, "POST /v2/alerts/a/notes", `"requestId"`},
		"new words":            {"PUT", "/v2/alerts/a/message?identifierType=alias", "GenieKey good", `{"message":"x"}`, 202, "PUT /v2/alerts/a/message?identifierType=alias", `"requestId"`},
		"a key of nobody":      {"POST", "/v2/alerts", "GenieKey bad", create, 401, "", `"message"`},
		"no key":               {"POST", "/v2/alerts", "", create, 401, "", `"message"`},
		"a key that reads":     {"POST", "/v2/alerts", "GenieKey viewer", create, 403, "", `role responder`},
		"not JSON":             {"POST", "/v2/alerts", "GenieKey good", `alert!`, 400, "", `JSON`},
		"no message":           {"POST", "/v2/alerts", "GenieKey good", `{"alias":"a"}`, 422, "", `message is empty`},
		"accounts are stale":   {"POST", "/v2/alerts", "GenieKey stale", create, 503, "", `"message"`},
		"too large":            {"POST", "/v2/alerts", "GenieKey good", `{"message":"` + strings.Repeat("x", 5000) + `"}`, 413, "", `"message"`},
	} {
		t.Run(name, func(t *testing.T) {
			store := &memory.Store{}
			w := serve(t, store, everything, genie(c.method, c.path, c.key, c.body))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Fatalf("answered %d %s, want %d with %s", w.Code, w.Body, c.status, c.want)
			}
			var answer struct {
				RequestID string   `json:"requestId"`
				Took      *float64 `json:"took"`
			}
			if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.RequestID) != 36 || answer.Took == nil {
				t.Errorf("answered %s, %v", w.Body, err)
			}
			if c.kept == "" {
				return
			}
			signal, err := store.Find(t.Context(), answer.RequestID)
			if err != nil {
				t.Fatalf("the request id finds nothing: %v", err)
			}
			if got := string(signal.GetBody()); got != c.kept+"\n\n"+c.body || signal.GetSource() != "opsgenie" {
				t.Errorf("stored %q from %s", got, signal.GetSource())
			}
		})
	}
}

// A sender of the catalog shows a token here: what a request asks for is in its address,
// which is not signed.
func TestOpsgeniesSenders(t *testing.T) {
	const create = `{"message":"Disk full","alias":"a"}`
	senders := func(o *door.Options) {
		everything(o)
		signers(o)
	}
	store := &memory.Store{}
	if w := serve(t, store, senders, genie("POST", "/hooks/opsgenie/by-token/v2/alerts", "GenieKey good", create)); w.Code != 202 {
		t.Fatalf("answered %d %s", w.Code, w.Body)
	}
	testPrincipal(t, store, "t")
	w := serve(t, &memory.Store{}, senders, signed("/hooks/opsgenie/hub/v2/alerts", "new", create))
	if w.Code != 403 || !strings.Contains(w.Body.String(), "takes tokens only") {
		t.Errorf("one that signs is answered %d %s", w.Code, w.Body)
	}
}
