package door

import (
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// triedRemark is what is said about an alert beside its state. The form is stable.
type triedRemark struct {
	Fingerprint  string `json:"fingerprint"`
	Acknowledges bool   `json:"acknowledges"`
	Text         string `json:"text,omitempty"`
	SaidBy       string `json:"said_by,omitempty"`
}

// triedChange is what would be recorded of a change. The form is stable.
type triedChange struct {
	Key         string            `json:"key"`
	Kind        string            `json:"kind"`
	Outcome     string            `json:"outcome"`
	Title       string            `json:"title"`
	Service     string            `json:"service,omitempty"`
	Environment string            `json:"environment,omitempty"`
	Version     string            `json:"version,omitempty"`
	Author      string            `json:"author,omitempty"`
	Link        string            `json:"link,omitempty"`
	StartedTime *time.Time        `json:"started_time,omitempty"`
	EndedTime   *time.Time        `json:"ended_time,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
}

func foreseeRemarks(said []source.Remark) []triedRemark {
	found := make([]triedRemark, 0, len(said))
	for _, r := range said {
		found = append(found, triedRemark{Fingerprint: r.Fingerprint, Acknowledges: r.Acknowledges, Text: r.Text, SaidBy: r.SaidBy})
	}
	return found
}

// foreseeChanges says what would be recorded of changes, under the catalog's names of their
// services.
func (h *Handler) foreseeChanges(reports []change.Report) []triedChange {
	found := make([]triedChange, 0, len(reports))
	for _, r := range reports {
		r.Service = h.service(r.Service)
		found = append(found, triedChange{
			Key: r.Key, Kind: r.Kind.String(), Outcome: r.Outcome.String(), Title: r.Title, Service: r.Service, Environment: r.Environment,
			Version: r.Version, Author: r.AuthorName, Link: r.Link, StartedTime: told(r.StartedAt), EndedTime: told(r.EndedAt), Labels: r.Labels,
		})
	}
	return found
}

// service is the name that the catalog has for what a sender calls a service.
func (h *Handler) service(called string) string {
	if called == "" || h.o.Service == nil {
		return called
	}
	return h.o.Service(called)
}

// told is a time; nil where none was given.
func told(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
