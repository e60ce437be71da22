package importer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

var (
	// ErrTooLong: a text has more bytes than an entry can hold.
	ErrTooLong = errors.New("the text is longer than 32 KiB")
	// ErrTooMany: an incident has more acts than one import can hold.
	ErrTooMany = errors.New("the incident has more than 10,000 acts")
	// ErrNoID: an incident has no id, so repeating the import would double it.
	ErrNoID = errors.New("the incident has no id")
	// ErrNoTime: it does not say when something happened.
	ErrNoTime = errors.New("a time is missing")
)

// maxSteps bounds the acts of one history.
const maxSteps = 10000

// History collects what happened in one incident and puts it in order.
type History struct {
	declare *incidentv1.DeclareIncidentRequest
	acts    []act
	err     error
}

// act is something that happened. It looks at the state that the acts before it
// left, and says which steps it needs.
type act struct {
	at    time.Time
	order int
	apply func(*state) []*incidentv1.ImportStep
}

// state is how things stand while acts are put in order.
type state struct {
	status     incidentv1.Status
	severity   incidentv1.Severity
	mitigated  bool
	components map[string]incidentv1.ComponentStatus
	told       incidentv1.Status // by the last public update; unspecified without one
	hypotheses uint64            // how many there are
	supposed   []uint64          // those of which it is not known whether they are so
}

// NewHistory begins a history with its declaration. The title is made to fit;
// a longer one is kept whole in the summary.
func NewHistory(declare *incidentv1.DeclareIncidentRequest) *History {
	h := &History{declare: declare}
	full := strings.Join(strings.Fields(incident.Sanitize(declare.GetTitle())), " ")
	declare.Title = Clip(full, incident.MaxTitle)
	switch {
	case full == "":
		declare.Title = "(without a title)"
	case declare.GetTitle() != full:
		declare.Summary = strings.TrimSpace(full + "\n\n" + declare.GetSummary())
	}
	declare.Summary = h.text(declare.GetSummary())
	declare.Origin = incidentv1.Origin_ORIGIN_IMPORT
	if declare.GetExternal().GetId() == "" {
		h.fail(ErrNoID)
	}
	return h
}

// Clip shortens a line to a number of characters.
func Clip(s string, limit int) string {
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:limit-1])) + "…"
}

func (h *History) fail(err error) {
	if h.err == nil {
		h.err = err
	}
}

// text cleans what people wrote and refuses what is too long.
func (h *History) text(s string) string {
	s = incident.Sanitize(s)
	if len(s) > incident.MaxText {
		h.fail(fmt.Errorf("%w (%d bytes)", ErrTooLong, len(s)))
	}
	return s
}

func (h *History) add(at time.Time, apply func(*state) []*incidentv1.ImportStep) {
	if at.IsZero() {
		h.fail(ErrNoTime)
	}
	h.acts = append(h.acts, act{at: at, order: len(h.acts), apply: apply})
}

// Build puts the acts in the order in which they happened and returns the
// history. It returns [ErrNoID], [ErrNoTime], [ErrTooLong] or [ErrTooMany].
func (h *History) Build() (*incidentv1.ImportedIncident, error) {
	if !h.declare.GetOccurredAt().IsValid() || h.declare.GetOccurredAt().AsTime().Year() < 1970 {
		h.fail(ErrNoTime)
	}
	slices.SortFunc(h.acts, func(a, b act) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.order, b.order))
	})
	s := &state{
		status: firstStatus(h.declare), severity: h.declare.GetSeverity(),
		components: map[string]incidentv1.ComponentStatus{},
	}
	out := &incidentv1.ImportedIncident{Declare: h.declare}
	for _, a := range h.acts {
		out.Steps = append(out.Steps, a.apply(s)...)
	}
	if len(out.GetSteps()) > maxSteps {
		h.fail(ErrTooMany)
	}
	if h.err != nil {
		return nil, h.err
	}
	return out, nil
}

// firstStatus is where the system lets an incident begin.
func firstStatus(d *incidentv1.DeclareIncidentRequest) incidentv1.Status {
	if d.GetTriage() || d.GetSeverity() == incidentv1.Severity_SEVERITY_UNSPECIFIED {
		return incidentv1.Status_STATUS_TRIAGE
	}
	return incidentv1.Status_STATUS_INVESTIGATING
}

func stamp(at time.Time) *timestamppb.Timestamp { return timestamppb.New(at) }
