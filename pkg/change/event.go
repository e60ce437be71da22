package change

import (
	"errors"
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// TypeRecorded is the type of a report, as envelopes name it.
const TypeRecorded = "change.recorded"

// ErrUnknownType: an envelope names a type that this version does not know.
var ErrUnknownType = errors.New("unknown type of change event")

// Draft prepares the report for writing under a new event id.
func (r Report) Draft(eventID string) (chain.Draft, error) {
	d := chain.Draft{EventID: eventID, Type: TypeRecorded, OccurredAt: r.At()}
	var err error
	d.Facts, err = proto.Marshal(&signalv1.ChangeRecordedFacts{
		Source: r.Source, Key: r.Key, Kind: signalv1.ChangeKind(r.Kind), Service: r.Service, Environment: r.Environment,
		Version: r.Version, StartedAtUs: Micros(r.StartedAt), EndedAtUs: Micros(r.EndedAt),
		Outcome: signalv1.ChangeOutcome(r.Outcome), AuthorId: r.AuthorID, SignalId: r.SignalID,
	})
	if err != nil {
		return chain.Draft{}, fmt.Errorf("encode facts of %s: %w", TypeRecorded, err)
	}
	d.Content, err = proto.Marshal(&signalv1.ChangeRecordedContent{
		Title: r.Title, AuthorName: r.AuthorName, Link: r.Link, Description: r.Description, Labels: r.Labels,
	})
	if err != nil {
		return chain.Draft{}, fmt.Errorf("encode content of %s: %w", TypeRecorded, err)
	}
	return d, nil
}

// Decode reads a report back. It returns [ErrUnknownType] for what a later version
// wrote.
func Decode(typ string, record chain.Record) (Report, error) {
	if typ != TypeRecorded {
		return Report{}, fmt.Errorf("decode %.64q: %w", typ, ErrUnknownType)
	}
	var facts signalv1.ChangeRecordedFacts
	var content signalv1.ChangeRecordedContent
	if err := proto.Unmarshal(record.Facts, &facts); err != nil {
		return Report{}, fmt.Errorf("decode facts of %s: %w", TypeRecorded, err)
	}
	if err := proto.Unmarshal(record.Content, &content); err != nil {
		return Report{}, fmt.Errorf("decode content of %s: %w", TypeRecorded, err)
	}
	return Report{
		Source: facts.GetSource(), Key: facts.GetKey(), Kind: Kind(facts.GetKind()), Service: facts.GetService(),
		Environment: facts.GetEnvironment(), Version: facts.GetVersion(),
		StartedAt: Time(facts.GetStartedAtUs()), EndedAt: Time(facts.GetEndedAtUs()),
		Outcome: Outcome(facts.GetOutcome()), AuthorID: facts.GetAuthorId(), SignalID: facts.GetSignalId(),
		Title: content.GetTitle(), AuthorName: content.GetAuthorName(), Link: content.GetLink(),
		Description: content.GetDescription(), Labels: content.GetLabels(),
	}, nil
}

// Micros is a time in microseconds since 1970; 0 for the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time is what [Micros] wrote.
func Time(micros int64) time.Time {
	if micros == 0 {
		return time.Time{}
	}
	return time.UnixMicro(micros).UTC()
}
