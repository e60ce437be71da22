package tee

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/jsonobject"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// pagerDutyMost is how large an event may be, in bytes. Source: PagerDuty's documentation of
// its Events API.
const pagerDutyMost = 512_000

// comesFrom tells whether alerts of a door came in as a tool of a type takes them.
func comesFrom(tool, door string) bool {
	return tool == door && (door == "pagerduty" || door == "opsgenie")
}

// own is a sender's own request to the door of a tool, without its key.
type own struct {
	action Action
	// key is what the sender calls the alert; empty where it left that to the tool.
	key string
	// given is what the door called it then.
	given string
	body  []byte
	// first is true of an event of PagerDuty's version 1.
	first bool
}

// ownOf reads a raw signal of the door of a tool; false when it is none, or cannot be read.
func ownOf(tool string, s *signalv1.RawSignal) (own, bool) {
	if s == nil || !comesFrom(tool, s.GetSource()) {
		return own{}, false
	}
	if tool == "opsgenie" {
		return opsgenieOwn(s)
	}
	return pagerDutyOwn(s)
}

func pagerDutyOwn(s *signalv1.RawSignal) (own, bool) {
	members, err := jsonobject.Members(s.GetBody())
	if err != nil {
		return own{}, false
	}
	said := map[string]string{}
	for _, m := range members {
		if text, ok := m.String(s.GetBody()); ok {
			said[m.Name] = text
		}
	}
	o := own{body: s.GetBody(), given: strings.ReplaceAll(s.GetId(), "-", ""), action: Action(said["event_action"]), key: said["dedup_key"]}
	if o.action == "" {
		o.first, o.action, o.key = true, Action(said["event_type"]), said["incident_key"]
	}
	switch o.action {
	case Trigger, Acknowledge, Resolve:
		return o, len(o.body) <= pagerDutyMost
	default:
		return own{}, false
	}
}

// opsgenieOwn reads a request as the door keeps it: its line, an empty line and the body.
func opsgenieOwn(s *signalv1.RawSignal) (own, bool) {
	line, body, ok := bytes.Cut(s.GetBody(), []byte("\n\n"))
	if !ok {
		return own{}, false
	}
	_, target, _ := strings.Cut(string(line), " ")
	path, _, _ := strings.Cut(target, "?")
	path, ok = strings.CutPrefix(path, opsgeniePath)
	o := own{body: body, given: s.GetId()}
	if rest := strings.Trim(path, "/"); rest == "" {
		o.action, o.key = Trigger, stringIn(body, "alias")
		return o, ok
	}
	escaped, act, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	key, err := url.PathUnescape(escaped)
	o.key = key
	o.action, ok = map[string]Action{"acknowledge": Acknowledge, "close": Resolve, "notes": Note}[act]
	return o, ok && err == nil && key != ""
}

// stringIn is a member of an object that is a string; empty when there is none.
func stringIn(object []byte, name string) string {
	members, _ := jsonobject.Members(object)
	found := ""
	for _, m := range members {
		if text, ok := m.String(object); ok && m.Name == name {
			found = text
		}
	}
	return found
}

// keyOf is what a tool is to know an alert by from its trigger on: where it came in at the
// tool's door what the sender calls it, or what the door called it. Empty: the alert's id.
func keyOf(tool string, fired alert.Fired, raw *signalv1.RawSignal) string {
	if !comesFrom(tool, fired.Source) {
		return ""
	}
	if o, ok := ownOf(tool, raw); ok && o.action == Trigger {
		return cmp.Or(o.key, o.given)
	}
	// The door makes the fingerprint of sender and key, unless that is too long.
	_, key, _ := strings.Cut(fired.Fingerprint, "/")
	return key
}

// passedOn is the sender's own request with the key of the integration; false where it did
// not come in at the tool's door, or speaks of another alert.
func passedOn(to Tool, action Action, a About) (Request, bool) {
	o, ok := ownOf(to.Type, a.Raw)
	if !ok || o.action != action || o.key != a.key() && (action != Trigger || o.key != "") {
		return Request{}, false
	}
	if to.Type == "opsgenie" {
		return o.opsgenie(to, a.key())
	}
	return o.pagerDuty(to, a.key())
}

func (o own) pagerDuty(to Tool, key string) (Request, bool) {
	path, routing, dedup := pagerDutyPath, "routing_key", "dedup_key"
	if o.first {
		path, routing, dedup = pagerDutyFirst, "service_key", "incident_key"
	}
	secret, err := json.Marshal(to.Key)
	if err != nil {
		return Request{}, false
	}
	body, n, err := jsonobject.Replace(o.body, secret, func(m jsonobject.Member) bool {
		return strings.EqualFold(m.Name, "routing_key") || strings.EqualFold(m.Name, "service_key")
	})
	if err == nil && n == 0 { // the token stood in the address
		body, err = jsonobject.Set(body, routing, to.Key)
	}
	if err == nil && o.key == "" {
		body, err = jsonobject.Set(body, dedup, key)
	}
	return Request{URL: pagerDutyBase(to) + path, Body: body, Own: true}, err == nil
}

func (o own) opsgenie(to Tool, key string) (Request, bool) {
	r := Request{URL: opsgenieBase(to), Header: opsgenieHeader(to), Body: o.body, Own: true}
	if o.action != Trigger {
		act := map[Action]string{Acknowledge: "acknowledge", Resolve: "close", Note: "notes"}[o.action]
		r.URL = opsgenieAct(r.URL, key, act)
		return r, true
	}
	var err error
	if o.key == "" {
		r.Body, err = jsonobject.Set(r.Body, "alias", key)
	}
	return r, err == nil
}

// opsgenieHeader is what every request has.
func opsgenieHeader(to Tool) http.Header { return http.Header{"Authorization": {"GenieKey " + to.Key}} }
