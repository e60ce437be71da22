package source

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"
)

// Opsgenie reads requests as Opsgenie's Alert API takes them, so that whatever can
// alert through Opsgenie can send here. A body is the request's line, as
// [OpsgenieLine] writes it, an empty line, and what was sent. Source: Opsgenie's
// published description of its Alert API, version 2.
type Opsgenie struct{}

// OpsgeniePath is where the API has its alerts.
const OpsgeniePath = "/v2/alerts"

// identifierType says in a query which id of an alert the address has.
const identifierType = "identifierType"

// Bounds that the API states, in characters.
const (
	opsgenieMaxMessage = 130
	opsgenieMaxAlias   = 512
)

// OpsgenieLine is the first line of a stored request, with the empty line that
// follows. The target is the address as it was asked for, below [OpsgeniePath]. Of its
// query only identifierType is kept: the rest means nothing here, and may be a secret.
func OpsgenieLine(method string, target *url.URL) string {
	line := method + " " + target.EscapedPath()
	if is := target.Query().Get(identifierType); is != "" {
		line += "?" + url.PathEscape(url.Values{identifierType: {is}}.Encode())
	}
	return line + "\n\n"
}

// opsgenieRequest is any request of the API.
type opsgenieRequest struct {
	Message     string                     `json:"message"`
	Alias       string                     `json:"alias"`
	Description string                     `json:"description"`
	Tags        []string                   `json:"tags"`
	Details     map[string]json.RawMessage `json:"details"`
	Entity      string                     `json:"entity"`
	Source      string                     `json:"source"`
	Priority    string                     `json:"priority"`
	User        string                     `json:"user"`
	Note        string                     `json:"note"`

	action, identifier string
}

// Name implements [Source].
func (Opsgenie) Name() string { return "opsgenie" }

// Parse implements [Source]. An alias means one alert for each token that sends it:
// while it is open, a further create is a repetition, and what closes or acknowledges
// an alert that is not open says nothing. An alert that was given no alias has the id
// of its request for one, and aliases are the only ids that this door knows. New
// words and priorities of an open alert are kept as evidence; it keeps its first ones.
func (Opsgenie) Parse(s Signal) (Batch, error) {
	r, err := readOpsgenie(s.Body)
	if err != nil {
		return Batch{}, err
	}
	key := r.key(s)
	batch := Batch{Key: s.ID, GroupKey: key}
	switch r.action {
	case "create", "close":
		batch.Alerts = []Alert{r.alert(key, r.action == "create", s)}
		batch.Remarks = r.remark(key, false, s)
	case "acknowledge", "notes":
		batch.Remarks = r.remark(key, r.action == "acknowledge", s)
	default: // message, description and priority change nothing
	}
	return batch, nil
}

// readOpsgenie reads a stored request and says what it lacks.
func readOpsgenie(body []byte) (*opsgenieRequest, error) {
	line, sent, ok := bytes.Cut(body, []byte("\n\n"))
	if !ok {
		return nil, malformed("the address is missing: post to %s", OpsgeniePath)
	}
	r := &opsgenieRequest{}
	if err := r.address(string(line)); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(sent)) > 0 || r.action == "create" {
		if err := json.Unmarshal(sent, r); err != nil {
			return nil, malformed("%s", unreadable("Opsgenie", err))
		}
	}
	switch {
	case r.action == "create" && strings.TrimSpace(r.Message) == "":
		return nil, malformed("message is empty: say in one line what is wrong")
	case r.action == "create" && utf8.RuneCountInString(r.Message) > opsgenieMaxMessage:
		return nil, malformed("message has more than %d characters", opsgenieMaxMessage)
	case r.action == "notes" && strings.TrimSpace(r.Note) == "":
		return nil, malformed("note is empty: say what to write down")
	case utf8.RuneCountInString(r.Alias) > opsgenieMaxAlias || utf8.RuneCountInString(r.identifier) > opsgenieMaxAlias:
		return nil, malformed("alias has more than %d characters", opsgenieMaxAlias)
	}
	switch r.Priority {
	case "", "P1", "P2", "P3", "P4", "P5":
		return r, nil
	}
	return nil, malformed("priority has to be P1, P2, P3, P4 or P5")
}

// address reads the line of a request.
func (r *opsgenieRequest) address(line string) error {
	method, target, _ := strings.Cut(line, " ")
	path, query, _ := strings.Cut(target, "?")
	path, ok := strings.CutPrefix(path, OpsgeniePath)
	if !ok {
		return malformed("the address is unknown: post to %s", OpsgeniePath)
	}
	if path == "" || path == "/" {
		r.action = "create"
		return nil
	}
	escaped, action, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	identifier, err := url.PathUnescape(escaped)
	if err != nil || identifier == "" || identifier != text(identifier) {
		return malformed("the identifier in the address cannot be read")
	}
	r.identifier, r.action = identifier, action
	wanted, known := map[string]string{
		"close": "POST", "acknowledge": "POST", "notes": "POST", "message": "PUT", "description": "PUT", "priority": "PUT",
	}[action]
	if !known || wanted != method {
		return malformed("%s of %.40q is not done here", method, action)
	}
	if query, err = url.PathUnescape(query); err != nil {
		return malformed("the query of the address cannot be read")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return malformed("the query of the address cannot be read")
	}
	switch values.Get(identifierType) {
	case "", "id", "alias":
		return nil
	}
	return malformed("identifierType has to be alias or id")
}

// alert is what a create or a close says.
func (r *opsgenieRequest) alert(key string, firing bool, s Signal) Alert {
	at := s.ReceivedAt.UTC().Truncate(time.Microsecond)
	details := make(map[string]string, len(r.Details))
	for name, value := range r.Details {
		details[name] = plain(value)
	}
	a := Alert{
		Fingerprint: scoped(s.Sender, key), Keyed: true, Firing: firing, StartsAt: at, Title: oneLine(r.Message),
		Description: clip(text(r.Description), maxValue), RunbookURL: link(first(details, "runbook_url", "runbook")),
	}
	if !firing {
		a.EndsAt = at
	}
	if a.Title == "" {
		a.Title = "Alert without a name"
	}
	if strings.HasPrefix(r.Source, "https://") || strings.HasPrefix(r.Source, "http://") {
		a.URL = link(r.Source)
	}
	for name, value := range present(map[string]string{
		"priority": r.Priority, "entity": r.Entity, "source": r.Source, "tags": strings.Join(r.Tags, ","),
	}) {
		if _, ok := details[name]; !ok {
			details[name] = value
		}
	}
	a.Labels = bounded(details)
	a.Annotations = bounded(present(map[string]string{"description": r.Description}))
	return a
}

// remark is the note that came with a request, if any, or the acknowledgment.
func (r *opsgenieRequest) remark(key string, acknowledges bool, s Signal) []Remark {
	remark := Remark{
		Fingerprint: scoped(s.Sender, key), Acknowledges: acknowledges, Text: clip(text(r.Note), maxRemark),
		SaidBy: clip(oneLine(r.User), maxName),
	}
	if strings.TrimSpace(remark.Text) == "" {
		if remark.Text = ""; !acknowledges {
			return nil
		}
	}
	return []Remark{remark}
}

// OpsgenieFingerprint is the fingerprint of the alerts of a sender's alias.
func OpsgenieFingerprint(sender, alias string) string { return scoped(sender, alias) }

// OpsgenieAction is what a stored request asked for, as its address says it, or
// "create", and the alias of the alert that it is about; false when it cannot be read.
func OpsgenieAction(s Signal) (action, alias string, ok bool) {
	r, err := readOpsgenie(s.Body)
	if err != nil {
		return "", "", false
	}
	return r.action, r.key(s), true
}

// key is the alias of the alert that a request is about.
func (r *opsgenieRequest) key(s Signal) string {
	switch {
	case r.action != "create":
		return r.identifier
	case r.Alias != "":
		return r.Alias
	}
	return s.ID
}
