package wire

import (
	"google.golang.org/protobuf/types/known/timestamppb"

	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Entry returns an entry without names; see [Names.Entry].
func Entry(e *view.Entry) *timelinev1.Entry {
	return &timelinev1.Entry{
		Revision: e.Revision, Type: e.Type, OccurredTime: timestamppb.New(e.OccurredAt),
		RecordedTime: timestamppb.New(e.RecordedAt), Actor: string(e.Actor), Headline: e.Headline,
		Text: e.Text, OriginalText: e.Original, Edited: e.Edited, Pinned: e.Pinned, Hidden: e.Hidden,
		Redacted: e.Redacted, Label: e.Label, EventId: e.EventID, ClockAdjusted: e.ClockAdjusted, Author: e.Author,
	}
}
