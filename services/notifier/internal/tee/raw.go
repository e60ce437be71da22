package tee

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// rawName is under what the sender's own words stand beside the translation.
const rawName = "raw"

// rawAlert is what the sender said of one alert, as JSON, and of nothing else: other alerts
// of the same request may belong to others. It is nil where that is no text, or else why is
// said.
func rawAlert(a About) (raw json.RawMessage, why string) {
	if a.Raw == nil {
		return nil, ""
	}
	body := a.Raw.GetBody()
	switch a.Raw.GetSource() {
	case "pagerduty", "sentry", "datadog", heartbeat.Kind: // a request is one alert
	case "opsgenie": // so it is, behind its line
		_, body, _ = bytes.Cut(body, []byte("\n\n"))
	case "json":
		if !a.Alone {
			return nil, whySeveral
		}
	case "cloudevents":
		if body = onlyEvent(body); body == nil {
			return nil, whySeveral
		}
	case "alertmanager", "grafana":
		body = memberOf(body, a.State.Fired.Fingerprint)
	case "api": // the door puts the sender's id before the key
		_, key, _ := strings.Cut(a.State.Fired.Fingerprint, "/")
		body = memberOf(body, key)
	default:
		return nil, whySeveral
	}
	if body == nil {
		return nil, whySeveral
	}
	return asJSON(body), ""
}

// asJSON is text as it is where it is JSON, else as a string; nil where it is none.
func asJSON(text []byte) json.RawMessage {
	if !utf8.Valid(text) || len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if json.Valid(text) {
		return text
	}
	quoted, err := json.Marshal(string(text))
	if err != nil {
		return nil
	}
	return quoted
}

// memberOf is the one of the alerts of a body that a sender calls key, or the only one.
func memberOf(body []byte, key string) []byte {
	var several struct {
		Alerts []json.RawMessage `json:"alerts"`
	}
	if json.Unmarshal(body, &several) != nil {
		return nil
	}
	for _, one := range several.Alerts {
		if key != "" && stringIn(one, "fingerprint") == key {
			return one
		}
	}
	if len(several.Alerts) == 1 {
		return several.Alerts[0]
	}
	return nil
}

// onlyEvent is a CloudEvent, or the only one of a batch.
func onlyEvent(body []byte) []byte {
	if !bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		return body
	}
	var batch []json.RawMessage
	if json.Unmarshal(body, &batch) == nil && len(batch) == 1 {
		return batch[0]
	}
	return nil
}

// alone tells whether a request to the door json is one alert: its sender's mapping takes
// the body for the only item, and did when it came.
func alone(state *catalog.State, s *signalv1.RawSignal) bool {
	sender, ok := state.ByID(s.GetPrincipal())
	if !ok || sender.UpdatedAt.UnixMicro() >= s.GetReceivedAtUs() {
		return false
	}
	mapping := sender.Spec.GetSender().GetMapping()
	return mapping != nil && mapping.GetItems() == ""
}
