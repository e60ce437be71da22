package alert

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// TypeLinked is the type of [Linked].
const TypeLinked = "alert.linked"

// Linked: an incident was declared from an alert that had none.
type Linked struct {
	// Incident is the incident, By who declared it, At when.
	Incident, By string
	At           time.Time
}

// Draft prepares the event for writing under a new event id.
func (l Linked) Draft(eventID string) (chain.Draft, error) {
	d, err := draft(eventID, TypeLinked, l.At, &signalv1.AlertLinkedFacts{IncidentId: l.Incident, By: l.By, LinkedAtUs: l.At.UnixMicro()}, nil)
	d.Ignorable = true
	return d, err
}

func decodeLinked(r chain.Record) (Linked, error) {
	var facts signalv1.AlertLinkedFacts
	if err := proto.Unmarshal(r.Facts, &facts); err != nil {
		return Linked{}, fmt.Errorf("decode facts of %s: %w", TypeLinked, err)
	}
	return Linked{Incident: facts.GetIncidentId(), By: facts.GetBy(), At: time.UnixMicro(facts.GetLinkedAtUs()).UTC()}, nil
}

// Incident is the id of the incident that has the alert; empty when none has.
func (s State) Incident() string {
	return cmp.Or(s.Fired.Incident, s.Unsuppressed.Incident, s.Linked.Incident)
}

// Takes tells whether what names a door, and values that labels have to have, takes an
// alert that came in by a door with labels. An empty door is every door; a label that is
// missing has no value.
func Takes(door string, match map[string]string, source string, labels map[string]string) bool {
	if door != "" && door != source {
		return false
	}
	for name, want := range match {
		if have, ok := labels[name]; !ok || have != want {
			return false
		}
	}
	return true
}

// Fill puts the values of labels into a text that names them as "{{label}}". It
// returns "" when a label that it names is missing or empty.
func Fill(text string, labels map[string]string) string {
	missing := false
	filled := placeholder.ReplaceAllStringFunc(text, func(found string) string {
		value := labels[strings.TrimSpace(found[2:len(found)-2])]
		missing = missing || value == ""
		return value
	})
	if missing {
		return ""
	}
	return filled
}

// placeholder is a label that a text names.
var placeholder = regexp.MustCompile(`\{\{\s*[^{}]+?\s*\}\}`)
