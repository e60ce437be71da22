package source

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/cloudevents/sdk-go/v2/binding"
	"github.com/cloudevents/sdk-go/v2/event"
	cehttp "github.com/cloudevents/sdk-go/v2/protocol/http"
)

// CloudEvents reads CloudEvents 1.0 in each of the three modes of HTTP, by the official
// library. An event says nothing of alerts by itself, so its type or its data has to:
// the rules stand with [CloudEvents.Parse].
type CloudEvents struct{}

// maxEvents bounds the events of one batch.
const maxEvents = 1000

// Name implements [Source].
func (CloudEvents) Name() string { return "cloudevents" }

// Parse implements [Source]. Whether something is wrong is said by a field status or
// state of the data, or else by the last word of the type, as in
// "com.example.disk.alert.firing". Events that say neither are evidence of no alert. What
// has the same source and subject is one alert; without a subject, what has the same
// type but for its last word. What pipelines tell of deployments, as CDEvents, are changes
// and no alerts.
func (CloudEvents) Parse(s Signal) (Batch, error) {
	events, err := cloudEventsOf(s)
	if err != nil {
		return Batch{}, err
	}
	batch := nothing()
	for i := range events {
		if err := events[i].Validate(); err != nil {
			return Batch{}, malformed("event %d is no CloudEvent 1.0: id, source, specversion and type are needed", i+1)
		}
		if r, ok := cdEventChange(s, &events[i]); ok {
			batch.reported(r)
		} else if a, ok := cloudEventAlert(s, &events[i]); ok {
			batch.alone(a)
		}
	}
	return batch, nil
}

// cloudEventsOf reads the events of a request.
func cloudEventsOf(s Signal) ([]event.Event, error) {
	if strings.HasPrefix(s.ContentType, "application/cloudevents-batch") {
		var events []event.Event
		if err := json.Unmarshal(s.Body, &events); err != nil {
			return nil, malformed("the body is no batch of CloudEvents: an array of events is expected")
		}
		if len(events) > maxEvents {
			return nil, malformed("the batch has more than %d events: send fewer at once", maxEvents)
		}
		return events, nil
	}
	header := http.Header{"Content-Type": {s.ContentType}}
	for name, value := range s.Header {
		value, ok := headerValue(value)
		if !ok {
			return nil, malformed("the header %s is not encoded as the HTTP binding of CloudEvents says", name)
		}
		header.Set(name, value)
	}
	e, err := binding.ToEvent(context.Background(), cehttp.NewMessage(header, io.NopCloser(bytes.NewReader(s.Body))))
	if err != nil {
		return nil, malformed("this is no CloudEvent: send Content-Type application/cloudevents+json, or the headers ce-id, ce-source, ce-specversion and ce-type")
	}
	return []event.Event{*e}, nil
}

// headerValue decodes an attribute that came as a header, which the library leaves as it
// is: quotes around it go, and one round of percent-encoding. Source: section 3.1.3.2 of
// the HTTP binding.
func headerValue(s string) (string, bool) {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.ReplaceAll(strings.ReplaceAll(s[1:len(s)-1], `\"`, `"`), `\\`, `\`)
	}
	decoded, err := url.PathUnescape(s)
	return decoded, err == nil && utf8.ValidString(decoded)
}

// cloudEventData are the fields of the data that are understood.
type cloudEventData struct {
	Status      word                       `json:"status"`
	State       word                       `json:"state"`
	Title       word                       `json:"title"`
	Summary     word                       `json:"summary"`
	Message     word                       `json:"message"`
	Description word                       `json:"description"`
	Severity    word                       `json:"severity"`
	URL         word                       `json:"url"`
	Labels      map[string]json.RawMessage `json:"labels"`
	Annotations map[string]json.RawMessage `json:"annotations"`
}

// cloudEventAlert is the alert of an event; false when it tells of none.
func cloudEventAlert(s Signal, e *event.Event) (Alert, bool) {
	var d cloudEventData
	if json.Unmarshal(e.Data(), &d) != nil {
		d = cloudEventData{}
	}
	kind, last := e.Type(), ""
	if i := strings.LastIndexByte(kind, '.'); i >= 0 {
		last = kind[i+1:]
	}
	firing, known := false, false
	for _, said := range []string{string(d.Status), string(d.State), last} {
		if firing, known = stateWord(said); known {
			break
		}
	}
	if !known {
		return Alert{}, false
	}
	if _, ends := stateWord(last); ends {
		kind = strings.TrimSuffix(kind, "."+last)
	}
	at := s.ReceivedAt
	if t := e.Time(); storable(t) && t.Before(at) {
		at = t
	}
	a := Alert{
		Fingerprint: scoped(s.Sender, e.Source()+"#"+either(e.Subject(), kind)), Firing: firing, StartsAt: moment("", s.ReceivedAt, at), EndsAt: moment("", s.ReceivedAt, at),
		Title:       oneLine(either(string(d.Title), string(d.Summary), string(d.Message), strings.TrimSpace(kind+" "+e.Subject()))),
		Description: clip(text(string(d.Description)), maxValue), URL: link(string(d.URL)),
		Labels: map[string]string{}, Annotations: map[string]string{"description": string(d.Description)},
	}
	for name, value := range d.Annotations {
		a.Annotations[name] = plain(value)
	}
	a.RunbookURL = link(first(a.Annotations, "runbook_url", "runbook"))
	for name, value := range d.Labels {
		a.Labels[name] = plain(value)
	}
	for name, value := range map[string]string{"type": kind, "source": e.Source(), "subject": e.Subject(), "severity": string(d.Severity)} {
		if value != "" {
			a.Labels[name] = value
		}
	}
	return a, true
}

// stateWord tells whether a condition holds by a word that is said of alerts. Words that
// are said of other things too, such as "open" of a pull request, are none.
func stateWord(s string) (firing, known bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "firing", "fired", "triggered", "alerting", "problem", "critical", "warning":
		return true, true
	case "resolved", "recovered", "cleared", "ok":
		return false, true
	}
	return false, false
}
