package source

import (
	"encoding/json"
	"strings"
)

// Datadog reads the webhook of Datadog's monitors. Its body is a template that its users
// write; this one reads the default, and the variables by which alerts can be told apart
// when they are there. Source: Datadog's documentation of the webhooks integration.
type Datadog struct{}

type datadogBody struct {
	ID         word `json:"id"`
	Title      word `json:"title"`
	Body       word `json:"body"`
	Date       word `json:"date"`
	EventType  word `json:"event_type"`
	CycleKey   word `json:"alert_cycle_key"`
	AggregKey  word `json:"aggreg_key"`
	Monitor    word `json:"alert_id"`
	Transition word `json:"alert_transition"`
	Type       word `json:"alert_type"`
	AlertTitle word `json:"alert_title"`
	Status     word `json:"alert_status"`
	Metric     word `json:"alert_metric"`
	Query      word `json:"alert_query"`
	Scope      word `json:"alert_scope"`
	Priority   word `json:"alert_priority"`
	Host       word `json:"hostname"`
	Tags       word `json:"tags"`
	Link       word `json:"link"`
	Snapshot   word `json:"snapshot"`
	Org        struct {
		ID   word `json:"id"`
		Name word `json:"name"`
	} `json:"org"`
}

// Name implements [Source].
func (Datadog) Name() string { return "datadog" }

// Parse implements [Source]. A cycle of a monitor, from when it triggers until it
// recovers, is one alert; without its key, all that has the same title is.
func (Datadog) Parse(s Signal) (Batch, error) {
	var b datadogBody
	if err := json.Unmarshal(s.Body, &b); err != nil {
		return Batch{}, malformed("%s", unreadable("Datadog", err))
	}
	if strings.HasPrefix(string(b.Title), "$") || strings.HasPrefix(string(b.CycleKey), "$") {
		return Batch{}, malformed("the variables of the template were not replaced: Datadog does that when a monitor sends it")
	}
	transition, title := b.said()
	if title == "" {
		return Batch{}, malformed("title is missing: use the template of the guide")
	}
	firing, known := b.firing(transition)
	if !known {
		return nothing(), nil // an event that is no alert
	}
	at := milliseconds(string(b.Date), s.ReceivedAt, s.ReceivedAt)
	a := Alert{
		Fingerprint: scoped(s.Sender, string(b.Org.ID)+"/"+b.key(title)), Firing: firing, StartsAt: at, EndsAt: at,
		Title: oneLine(title), Description: clip(text(string(b.Body)), maxValue), URL: link(string(b.Link)),
		Labels: b.labels(transition, title),
		Annotations: map[string]string{
			"status": string(b.Status), "query": string(b.Query), "metric": string(b.Metric), "scope": string(b.Scope),
			"snapshot": string(b.Snapshot), "description": string(b.Body), "org": string(b.Org.Name),
		},
	}
	return one(a), nil
}

// said is what happened and what is wrong. The default template has both in the title:
// "[Triggered on {host:a}] Load is high".
func (b *datadogBody) said() (transition, title string) {
	transition, title = string(b.Transition), strings.TrimSpace(string(b.Title))
	if mark, rest, ok := strings.Cut(strings.TrimPrefix(title, "["), "] "); ok && strings.HasPrefix(title, "[") {
		word, _, _ := strings.Cut(mark, " on ")
		if _, known := datadogTransition(word); known {
			title = strings.TrimSpace(rest)
			if transition == "" {
				transition = word
			}
		}
	}
	if own := strings.TrimSpace(string(b.AlertTitle)); own != "" {
		title = own
	}
	return strings.TrimSpace(transition), title
}

// datadogTransition tells whether the condition holds after a transition.
func datadogTransition(word string) (firing, known bool) {
	switch strings.TrimPrefix(strings.ToLower(strings.TrimSpace(word)), "re-") {
	case "triggered", "warn", "no data", "renotify":
		return true, true
	case "recovered":
		return false, true
	}
	return false, false
}

// firing tells whether the condition holds, by the transition or else by the kind.
func (b *datadogBody) firing(transition string) (firing, known bool) {
	if firing, known = datadogTransition(transition); known {
		return firing, true
	}
	switch b.Type {
	case "error", "warning":
		return true, true
	case "success":
		return false, true
	}
	return false, false
}

func (b *datadogBody) key(title string) string {
	for _, key := range []word{b.CycleKey, b.AggregKey} {
		if key != "" {
			return string(key)
		}
	}
	return "title:" + title
}

// labels are the tags of the monitor, and what it says about itself.
func (b *datadogBody) labels(transition, title string) map[string]string {
	labels := map[string]string{}
	for tag := range strings.SplitSeq(string(b.Tags), ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(tag), ":")
		if !ok {
			value = "true"
		}
		if _, twice := labels[name]; name != "" && !twice {
			labels[name] = value
		}
	}
	for name, value := range map[string]string{
		"alertname": title, "transition": transition, "severity": string(b.Type), "priority": string(b.Priority),
		"monitor": string(b.Monitor), "host": string(b.Host), "event_type": string(b.EventType),
	} {
		if value != "" {
			labels[name] = value
		}
	}
	return labels
}
