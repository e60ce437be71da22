package alert

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// The types of what people do with an alert. An older version may pass over them.
const (
	TypeAcknowledged = "alert.acknowledged"
	TypeNoted        = "alert.noted"
)

// Acknowledged: somebody takes care of the alert.
type Acknowledged struct {
	// By is the opaque id of the person or machine, At when it was done.
	By string
	At time.Time
	// SignalID names the raw evidence where a machine said so.
	SignalID string

	// Note and SaidBy are content: what was said with it, and who did it in a
	// machine's words. They are empty after a redaction.
	Note, SaidBy string
}

// Noted: somebody wrote something down about the alert.
type Noted struct {
	// By is the opaque id of the person or machine, At when it was done.
	By string
	At time.Time
	// SignalID names the raw evidence where a machine said so.
	SignalID string

	// Text and SaidBy are content: what was written, and who did it in a machine's
	// words. They are empty after a redaction.
	Text, SaidBy string
}

// Draft prepares the event for writing under a new event id.
func (a Acknowledged) Draft(eventID string) (chain.Draft, error) {
	d, err := draft(eventID, TypeAcknowledged, a.At,
		&signalv1.AlertAcknowledgedFacts{By: a.By, AcknowledgedAtUs: a.At.UnixMicro(), SignalId: a.SignalID},
		&signalv1.AlertAcknowledgedContent{Note: a.Note, SaidBy: a.SaidBy})
	d.Ignorable = true
	return d, err
}

// Draft prepares the event for writing under a new event id.
func (n Noted) Draft(eventID string) (chain.Draft, error) {
	d, err := draft(eventID, TypeNoted, n.At,
		&signalv1.AlertNotedFacts{By: n.By, NotedAtUs: n.At.UnixMicro(), SignalId: n.SignalID},
		&signalv1.AlertNotedContent{Text: n.Text, SaidBy: n.SaidBy})
	d.Ignorable = true
	return d, err
}

func decodeAcknowledged(r chain.Record) (Acknowledged, error) {
	var facts signalv1.AlertAcknowledgedFacts
	var content signalv1.AlertAcknowledgedContent
	if err := decode(TypeAcknowledged, r, &facts, &content); err != nil {
		return Acknowledged{}, err
	}
	return Acknowledged{
		By: facts.GetBy(), At: time.UnixMicro(facts.GetAcknowledgedAtUs()).UTC(), SignalID: facts.GetSignalId(),
		Note: content.GetNote(), SaidBy: content.GetSaidBy(),
	}, nil
}

func decodeNoted(r chain.Record) (Noted, error) {
	var facts signalv1.AlertNotedFacts
	var content signalv1.AlertNotedContent
	if err := decode(TypeNoted, r, &facts, &content); err != nil {
		return Noted{}, err
	}
	return Noted{
		By: facts.GetBy(), At: time.UnixMicro(facts.GetNotedAtUs()).UTC(), SignalID: facts.GetSignalId(),
		Text: content.GetText(), SaidBy: content.GetSaidBy(),
	}, nil
}

// decode reads both parts of an event.
func decode(typ string, r chain.Record, facts, content proto.Message) error {
	if err := proto.Unmarshal(r.Facts, facts); err != nil {
		return fmt.Errorf("decode facts of %s: %w", typ, err)
	}
	if err := proto.Unmarshal(r.Content, content); err != nil {
		return fmt.Errorf("decode content of %s: %w", typ, err)
	}
	return nil
}
