package door

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/jsonobject"
)

// pagerDutyV2 is PagerDuty's Events API v2: the token is the routing key.
func pagerDutyV2() dialect {
	return dialect{
		source: "pagerduty", path: "/v2/enqueue", reveal: revealPagerDutyKey,
		accept: func(w http.ResponseWriter, key string) {
			answerJSON(w, http.StatusAccepted, map[string]any{"status": "success", "message": "Event processed", "dedup_key": key})
		},
		refuse: refusePagerDuty,
	}
}

// pagerDutyV1 is its version 1: the token is the service key.
func pagerDutyV1() dialect {
	d := pagerDutyV2()
	d.path = "/generic/2010-04-15/create_event.json"
	d.accept = func(w http.ResponseWriter, key string) {
		answerJSON(w, http.StatusOK, map[string]any{"status": "success", "message": "Event processed", "incident_key": key})
	}
	return d
}

// pagerDutyChange takes its change events, which have no key of their own: the token is
// the routing key.
func pagerDutyChange() dialect {
	d := pagerDutyV2()
	d.source, d.path = "pagerduty-change", "/v2/change/enqueue"
	d.accept = func(w http.ResponseWriter, _ string) {
		answerJSON(w, http.StatusAccepted, map[string]any{"status": "success", "message": "Change event processed"})
	}
	return d
}

// refusePagerDuty answers as the API does, which knows no other refusal of an event than
// 400; 5xx and 413 stay what they are.
func refusePagerDuty(w http.ResponseWriter, status int, message string) {
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		status, message = http.StatusBadRequest, "routing_key: "+message
	}
	answerJSON(w, status, map[string]any{"status": "invalid event", "message": "Event object is invalid", "errors": []string{message}})
}

// isPagerDutyKey tells whether a field holds the key, in either version.
func isPagerDutyKey(field string) bool {
	return strings.EqualFold(field, "routing_key") || strings.EqualFold(field, "service_key")
}

// revealPagerDutyKey also hides the key in what is kept: whoever reads it must not be
// able to send in the name of its sender, neither here nor to PagerDuty. Everything else
// stays as it came, byte for byte. Of a body that is no object nothing is kept.
func revealPagerDutyKey(body []byte) (token string, kept []byte) {
	kept, _, err := jsonobject.Replace(body, []byte(`"hidden"`), func(m jsonobject.Member) bool {
		if !isPagerDutyKey(m.Name) {
			return false
		}
		if key, ok := m.String(body); ok && key != "" {
			token = key
		}
		return true
	})
	if err != nil {
		return "", nil
	}
	return token, kept
}

func answerJSON(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // an error means that the client is gone
}
