package tee

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/alert"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// rawName is under what the sender's own words stand beside the translation.
const rawName = "raw"

// rawAlert is what the sender said of one alert, as JSON; nil where that is no text. Of a
// request with several alerts it is the one that is meant.
func rawAlert(s *signalv1.RawSignal, fired alert.Fired) json.RawMessage {
	if s == nil {
		return nil
	}
	body := s.GetBody()
	if s.GetSource() == "opsgenie" { // behind the line of the request
		_, body, _ = bytes.Cut(body, []byte("\n\n"))
	}
	if !utf8.Valid(body) || len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if !json.Valid(body) {
		quoted, err := json.Marshal(string(body))
		if err != nil {
			return nil
		}
		return quoted
	}
	var several struct {
		Alerts []json.RawMessage `json:"alerts"`
	}
	if json.Unmarshal(body, &several) == nil {
		for _, one := range several.Alerts {
			if stringIn(one, "fingerprint") != "" && isKeyOf(fired.Fingerprint, stringIn(one, "fingerprint")) {
				return one
			}
		}
	}
	return body
}

// isKeyOf tells whether a fingerprint is of what a sender calls key, by itself or behind the
// sender's id.
func isKeyOf(fingerprint, key string) bool {
	return fingerprint == key || strings.HasSuffix(fingerprint, "/"+key)
}
