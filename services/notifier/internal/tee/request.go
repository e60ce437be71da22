package tee

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Action is what is told of an alert.
type Action string

// The actions, in the order in which they are told; notes may come anywhere between the
// first and the last, and are told as they came only.
const (
	Trigger     Action = "trigger"
	Acknowledge Action = "acknowledge"
	Note        Action = "note"
	Resolve     Action = "resolve"
)

// ErrUnknownTool: alerts cannot be forwarded to an integration of this type.
var ErrUnknownTool = errors.New("alerts are forwarded to integrations of the types pagerduty and opsgenie")

// Request is one call of another tool's API.
type Request struct {
	// URL is where it goes, by POST; Header is what it needs besides its type.
	URL    string
	Header http.Header
	// Body is JSON, or nothing.
	Body []byte
	// Own is true where the body is the sender's own.
	Own bool
}

// Tool is where to forward to.
type Tool struct {
	// Type is that of the integration; URL its address, empty: the vendor's.
	Type, URL string
	// Key is the routing key or the API key.
	Key string
}

// About is the alert that is told of.
type About struct {
	ID    string
	State alert.State
	// Severity is that of its route.
	Severity incident.Severity
	// Key is what the tool knows it by; empty: its id.
	Key string
	// Raw is the request that said what is told; nil where none did, or it may not be used.
	Raw *signalv1.RawSignal
	// Alone is true where the sender's mapping says that Raw, of the door json, is of this
	// alert only.
	Alone bool
}

// key is what the tool knows the alert by.
func (a About) key() string { return cmp.Or(a.Key, a.ID) }

// Build returns the request that tells of an alert: the sender's own where it came in at the
// door of the same tool, else one in our words.
func Build(to Tool, action Action, about About) (Request, error) {
	if own, ok := passedOn(to, action, about); ok {
		return own, nil
	}
	switch to.Type {
	case "pagerduty":
		return pagerDuty(to, action, about)
	case "opsgenie":
		return opsgenie(to, action, about)
	}
	return Request{}, ErrUnknownTool
}

func encode(url string, header http.Header, body any) (Request, error) {
	out, err := json.Marshal(body)
	if err != nil {
		return Request{}, fmt.Errorf("build request: %w", err)
	}
	return Request{URL: url, Header: header, Body: out}, nil
}

// title is what the alert says in one line of so many characters.
func (a About) title(most int) string {
	return cut(cmp.Or(strings.TrimSpace(a.State.Fired.Title), "Alert from "+a.State.Fired.Source), most)
}

// cut bounds a text in characters and marks where it was cut.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// link is where the alert came from, where that can be opened.
func (a About) link() string {
	if url := a.State.Fired.GeneratorURL; strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://") {
		return url
	}
	return ""
}
