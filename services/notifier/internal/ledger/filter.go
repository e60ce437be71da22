package ledger

import (
	"fmt"
	"strings"
	"time"
)

// Filter chooses deliveries. Fields are joined by "and", values of one by "or"; the
// zero Filter chooses all.
type Filter struct {
	// IDs are numbers of deliveries.
	IDs []int64
	// MessageID is that of one delivery.
	MessageID string
	// WebhookIDs are opaque ids.
	WebhookIDs []string
	// States are words as stored, for example "held".
	States []string
	// EventTypes may end in "*".
	EventTypes  []string
	ReasonCodes []string
	// IncidentID is the opaque id of one incident.
	IncidentID string
	// Since and Until bound the time of creation: from Since, before Until.
	Since, Until time.Time
	// Hidden are incidents that the caller may not see.
	Hidden []string
}

// conditions collects clauses with numbered arguments.
type conditions struct {
	clauses []string
	args    []any
}

// add adds a clause, in which %s stands for the argument's number.
func (c *conditions) add(clause string, arg any) {
	c.args = append(c.args, arg)
	c.clauses = append(c.clauses, fmt.Sprintf(clause, fmt.Sprintf("$%d", len(c.args))))
}

func (c *conditions) String() string {
	if len(c.clauses) == 0 {
		return "true"
	}
	return strings.Join(c.clauses, " and ")
}

// conditions are the filter as SQL over notifier_ledger.delivery d.
func (f *Filter) conditions() *conditions {
	c := &conditions{}
	for _, list := range []struct {
		clause string
		values []string
	}{
		{"d.webhook_id = any(%s::text[])", f.WebhookIDs},
		{"d.state = any(%s::text[])", f.States},
		{"d.reason_code = any(%s::text[])", f.ReasonCodes},
		{"d.incident_id <> all(%s::text[])", f.Hidden},
		{"d.event_type like any(%s::text[])", patterns(f.EventTypes)},
	} {
		if len(list.values) > 0 {
			c.add(list.clause, list.values)
		}
	}
	if len(f.IDs) > 0 {
		c.add("d.id = any(%s::bigint[])", f.IDs)
	}
	if f.MessageID != "" {
		// It is the event and the receiver, by which there is an index.
		event, receiver, _ := strings.Cut(f.MessageID, "_")
		c.add("d.event_id = %s", event)
		c.add("d.webhook_id = %s", receiver)
	}
	if f.IncidentID != "" {
		c.add("d.incident_id = %s", f.IncidentID)
	}
	if !f.Since.IsZero() {
		c.add("d.created_at >= %s", f.Since)
	}
	if !f.Until.IsZero() {
		c.add("d.created_at < %s", f.Until)
	}
	return c
}

// patterns turns a trailing "*" into what "like" understands; everything else
// stands for itself.
func patterns(types []string) []string {
	out := make([]string, 0, len(types))
	for _, t := range types {
		head, open := strings.CutSuffix(t, "*")
		head = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(head)
		if open {
			head += "%"
		}
		out = append(out, head)
	}
	return out
}
