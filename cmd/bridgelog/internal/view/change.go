package view

import (
	"maps"

	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Change is one change to what runs.
type Change struct {
	ID           string            `json:"id"`
	Kind         string            `json:"kind"`
	Outcome      string            `json:"outcome"`
	Title        string            `json:"title"`
	Service      string            `json:"service"`
	Environment  string            `json:"environment"`
	Version      string            `json:"version"`
	Author       string            `json:"author"`
	AuthorID     string            `json:"author_id"`
	StartedTime  Time              `json:"started_time"`
	EndedTime    Time              `json:"ended_time"`
	RecordedTime Time              `json:"recorded_time"`
	UpdatedTime  Time              `json:"updated_time"`
	Link         string            `json:"link"`
	Description  string            `json:"description"`
	Labels       map[string]string `json:"labels"`
	Source       string            `json:"source"`
	Key          string            `json:"key"`
	SignalID     string            `json:"signal_id"`
	Revision     uint64            `json:"revision"`
	Redacted     bool              `json:"redacted"`
}

// Changes is a list of changes.
type Changes struct {
	Changes       []Change `json:"changes"`
	NextPageToken string   `json:"next_page_token"`
}

// ChangeReported is what recording a change answers.
type ChangeReported struct {
	Change    string `json:"change"`
	Source    string `json:"source"`
	Key       string `json:"key"`
	Position  string `json:"position"`
	RequestID string `json:"request_id"`
	Unchanged bool   `json:"unchanged"`
	System    string `json:"system"`
	Demo      bool   `json:"demo"`
}

// OfChange shows a change.
func OfChange(c *signalv1.Change) Change {
	v := Change{
		ID: c.GetId(), Kind: change.Kind(c.GetKind()).String(), Outcome: change.Outcome(c.GetOutcome()).String(), Title: c.GetTitle(),
		Service: c.GetService(), Environment: c.GetEnvironment(), Version: c.GetVersion(), Author: c.GetAuthorName(), AuthorID: c.GetAuthorId(),
		StartedTime: timeOf(c.GetStartedTime()), EndedTime: timeOf(c.GetEndedTime()), RecordedTime: timeOf(c.GetRecordedTime()),
		UpdatedTime: timeOf(c.GetUpdatedTime()), Link: c.GetLink(), Description: c.GetDescription(), Labels: maps.Clone(c.GetLabels()),
		Source: c.GetSource(), Key: c.GetKey(), SignalID: c.GetSignalId(), Revision: c.GetRevision(), Redacted: c.GetRedacted(),
	}
	if v.Labels == nil {
		v.Labels = map[string]string{}
	}
	return v
}
