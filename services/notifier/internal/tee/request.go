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
)

// Action is what is told of an alert.
type Action string

// The actions, in the order in which they are told.
const (
	Trigger     Action = "trigger"
	Acknowledge Action = "acknowledge"
	Resolve     Action = "resolve"
)

// ErrUnknownTool: alerts cannot be forwarded to an integration of this type.
var ErrUnknownTool = errors.New("alerts are forwarded to integrations of the types pagerduty and opsgenie")

// Request is one call of another tool's API.
type Request struct {
	// URL is where it goes, by POST; Header is what it needs besides its type.
	URL    string
	Header http.Header
	// Body is JSON.
	Body []byte
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
}

// Build returns the request that tells of an alert.
func Build(to Tool, action Action, about About) (Request, error) {
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
