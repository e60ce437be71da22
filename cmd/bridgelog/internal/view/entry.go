package view

import timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"

// Entry is one event on a timeline.
type Entry struct {
	Revision      uint64 `json:"revision"`
	Type          string `json:"type"`
	OccurredTime  Time   `json:"occurred_time"`
	RecordedTime  Time   `json:"recorded_time"`
	Actor         string `json:"actor"`
	ActorName     string `json:"actor_name"`
	Author        string `json:"author"`
	Headline      string `json:"headline"`
	Text          string `json:"text"`
	OriginalText  string `json:"original_text"`
	Label         string `json:"label"`
	Edited        bool   `json:"edited"`
	Pinned        bool   `json:"pinned"`
	Hidden        bool   `json:"hidden"`
	Redacted      bool   `json:"redacted"`
	ClockAdjusted bool   `json:"clock_adjusted"`
	EventID       string `json:"event_id"`
	IncidentID    string `json:"incident_id"`
	Incident      string `json:"incident"`
}

// OfEntry converts an entry.
func OfEntry(in *timelinev1.Entry) Entry {
	return Entry{
		Revision: in.GetRevision(), Type: in.GetType(), OccurredTime: timeOf(in.GetOccurredTime()),
		RecordedTime: timeOf(in.GetRecordedTime()), Actor: in.GetActor(), ActorName: in.GetActorName(),
		Author: in.GetAuthor(), Headline: in.GetHeadline(), Text: in.GetText(), OriginalText: in.GetOriginalText(),
		Label: in.GetLabel(), Edited: in.GetEdited(), Pinned: in.GetPinned(), Hidden: in.GetHidden(),
		Redacted: in.GetRedacted(), ClockAdjusted: in.GetClockAdjusted(), EventID: in.GetEventId(),
		IncidentID: in.GetIncidentId(), Incident: Name(in.GetIncidentNumber()),
	}
}

// Entries converts a list.
func Entries(in []*timelinev1.Entry) []Entry {
	out := make([]Entry, 0, len(in))
	for _, e := range in {
		out = append(out, OfEntry(e))
	}
	return out
}

// Timeline is what `timeline` answers.
type Timeline struct {
	Incident Incident `json:"incident"`
	Entries  []Entry  `json:"entries"`
	Position string   `json:"position"`
}

// Incidents is what `list` answers.
type Incidents struct {
	Incidents        []Incident `json:"incidents"`
	NextPageToken    string     `json:"next_page_token"`
	SearchIncomplete bool       `json:"search_incomplete"`
	Position         string     `json:"position"`
}

// Found is what `search` answers.
type Found struct {
	Entries          []Entry `json:"entries"`
	NextPageToken    string  `json:"next_page_token"`
	SearchIncomplete bool    `json:"search_incomplete"`
	Position         string  `json:"position"`
}

// Step is one line of `watch`.
type Step struct {
	Entry    Entry    `json:"entry"`
	Incident Incident `json:"incident"`
	Position string   `json:"position"`
}
