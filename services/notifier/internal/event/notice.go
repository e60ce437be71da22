package event

import (
	"encoding/json"
	"fmt"
	"time"
)

// Types of events that are the notifier's own and not of the log.
const (
	// TypeTest is a test that a person asked for.
	TypeTest = "webhook.test"
	// TypeDisabled: a webhook was disabled by the notifier.
	TypeDisabled = "webhook.disabled"
)

// Webhook is a webhook as events name it.
type Webhook struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ownEvent is the body of an event without an incident.
type ownEvent struct {
	SpecVersion     string  `json:"specversion"`
	ID              string  `json:"id"`
	Source          string  `json:"source"`
	Type            string  `json:"type"`
	Subject         string  `json:"subject"`
	Time            string  `json:"time"`
	DataContentType string  `json:"datacontenttype"`
	Data            ownData `json:"data"`
}

type ownData struct {
	Webhook    Webhook `json:"webhook"`
	ReasonCode string  `json:"reason_code,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	Message    string  `json:"message"`
}

// Test returns the body of a test.
func (w Writer) Test(id string, hook Webhook, at time.Time) ([]byte, error) {
	return w.own(id, TypeTest, hook, at, ownData{Webhook: hook, Message: "This is a test. Nothing happened."})
}

// Disabled returns the body that tells of a webhook that was disabled.
func (w Writer) Disabled(id string, hook Webhook, at time.Time, code, reason string) ([]byte, error) {
	return w.own(id, TypeDisabled, hook, at, ownData{
		Webhook: hook, ReasonCode: code, Reason: reason,
		Message: "The webhook " + hook.Name + " gets nothing more: repair it, then run `bridgelog webhook enable " + hook.Name + "`.",
	})
}

func (w Writer) own(id, typ string, hook Webhook, at time.Time, d ownData) ([]byte, error) {
	out, err := json.Marshal(ownEvent{
		SpecVersion: "1.0", ID: id, Source: w.Source, Type: TypePrefix + typ, Subject: "webhook/" + hook.Name, Time: stamp(at),
		DataContentType: "application/json", Data: d,
	})
	if err != nil {
		return nil, fmt.Errorf("build body of %s: %w", id, err)
	}
	return out, nil
}
