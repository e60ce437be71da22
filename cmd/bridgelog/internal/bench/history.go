package bench

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// eventsPerIncident is the length of a made history, as in the measured limits.
const eventsPerIncident = 12

// noteText gives a stored event the size of a usual one, about 400 bytes.
const noteText = "Connections to the primary are exhausted again; the pool of the checkout workers grew after the last deployment. Looking at the slow query log and at the number of workers now."

// history makes the events of one incident, one commit each.
type history struct {
	id       incident.ID
	number   uint64
	began    time.Time
	head     chain.Head
	previous uint64
	step     int
}

// newHistory begins the history of an incident. Numbers and times differ by
// incident, so that lists have something to order and to filter.
func newHistory(number uint64, began time.Time) *history {
	return &history{id: incident.ID(fmt.Sprintf("bench%021d", number)), number: number, began: began}
}

// subject is where the history is kept.
func (h *history) subject() string { return "incident." + string(h.id) }

// next seals the next event.
func (h *history) next() (eventlog.Append, error) {
	draft, err := record.Encode(h.event())
	if err != nil {
		return eventlog.Append{}, err
	}
	at := h.began.Add(time.Duration(h.step) * time.Minute)
	draft.EventID = fmt.Sprintf("00000000-0000-7000-%04x-%012x", h.step, h.number)
	draft.OccurredAt, draft.Actor = at, "bench"
	data, head, err := chain.Seal(h.head, h.subject(), []chain.Draft{draft}, chain.Request{}, at, rand.Reader)
	if err != nil {
		return eventlog.Append{}, err
	}
	h.head = head
	h.step++
	return eventlog.Append{Subject: h.subject(), Expect: h.previous, Data: data}, nil
}

// event is what happens at this step: a declaration, some work, and an end.
func (h *history) event() incident.Event {
	switch h.step {
	case 0:
		return incident.Declared{
			Number: h.number, Severity: incident.Severity(1 + h.number%3), Status: incident.StatusInvestigating,
			Origin: incident.OriginPerson, Services: []string{fmt.Sprintf("service-%d", h.number%50)},
			Title: fmt.Sprintf("Checkout returns 502 in region %d", h.number%20),
		}
	case 1:
		return incident.Acknowledged{}
	case 2:
		return incident.RoleAssigned{Role: incident.Commander, Person: "bench"}
	case eventsPerIncident - 1:
		if h.number%10 != 0 { // one of ten stays open
			return incident.Resolved{From: incident.StatusInvestigating, Summary: "Rolled back."}
		}
	}
	return incident.NoteAdded{Text: noteText}
}
