package record

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// subjectPrefix begins the subject of every incident.
const subjectPrefix = "incident."

// Decode reads one record of an incident. Of a redacted record it returns the
// facts. A type that this version does not know becomes an
// incident.Unrecognized: without an error when readers may pass over it, else
// together with [ErrUnknownCritical]. It returns [ErrMalformed] for bytes that
// cannot be read, and [ErrNotIncident] for records of other subjects. Hashes are
// not verified here.
func Decode(r chain.Record) (incident.Recorded, error) {
	env, err := chain.ParseEnvelope(r.EnvelopeBytes)
	if err != nil {
		return incident.Recorded{}, fmt.Errorf("decode envelope: %w", err)
	}
	return DecodeParsed(&env, r)
}

// DecodeParsed is Decode for callers that have parsed the record's envelope
// already.
func DecodeParsed(env *chain.Envelope, r chain.Record) (incident.Recorded, error) {
	id, ok := strings.CutPrefix(env.Subject, subjectPrefix)
	if !ok {
		return incident.Recorded{}, fmt.Errorf("decode %s revision %d: %w", env.Subject, env.Revision, ErrNotIncident)
	}
	out := incident.Recorded{Meta: meta(env, incident.ID(id)), Redacted: r.Redacted}
	if r.Redacted {
		r.Content = nil
	}
	event, err := decodeEvent(env.Type, r.Facts, r.Content)
	if err != nil {
		return incident.Recorded{}, fmt.Errorf("decode %s revision %d (%s): %w: %w", env.Subject, env.Revision, env.Type, ErrMalformed, err)
	}
	if event != nil {
		out.Event = event
		return out, nil
	}
	out.Event = incident.Unrecognized{Name: env.Type, Critical: !env.Ignorable}
	if !env.Ignorable {
		return out, fmt.Errorf("decode %s revision %d (%s): %w", env.Subject, env.Revision, env.Type, ErrUnknownCritical)
	}
	return out, nil
}

func meta(env *chain.Envelope, id incident.ID) incident.Meta {
	return incident.Meta{
		Incident: id, EventID: env.EventID, Revision: env.Revision,
		OccurredAt: env.OccurredAt(), RecordedAt: env.RecordedAt(), ClockAdjusted: env.ClockAdjusted,
		Actor: incident.PersonID(env.Actor), Principal: incident.PersonID(env.Principal), RequestID: env.RequestID,
	}
}

// decodeEvent reads facts and content of a type; nil without an error means that
// the type is not known. A test holds that every type of package incident is.
//
//nolint:gocyclo,funlen // one line for each type
func decodeEvent(name string, facts, content []byte) (incident.Event, error) {
	switch name {
	case "incident.declared":
		return read(facts, content, declared)
	case "incident.acknowledged":
		return readContent(content, acknowledged)
	case "incident.severity_changed":
		return read(facts, content, severityChanged)
	case "incident.status_changed":
		return read(facts, content, statusChanged)
	case "incident.mitigated":
		return readContent(content, mitigated)
	case "incident.resolved":
		return read(facts, content, resolved)
	case "incident.reopened":
		return read(facts, content, reopened)
	case "incident.closed":
		return readContent(content, closed)
	case "incident.cancelled":
		return read(facts, content, cancelled)
	case "incident.merged":
		return read(facts, content, merged)
	case "incident.role_assigned":
		return readFacts(facts, roleAssigned)
	case "incident.role_handed_over":
		return read(facts, content, roleHandedOver)
	case "incident.role_released":
		return readFacts(facts, roleReleased)
	case "incident.update_posted":
		return readContent(content, updatePosted)
	case "incident.note_added":
		return read(facts, content, noteAdded)
	case "incident.impact_changed":
		return readFacts(facts, impactChanged)
	case "incident.public_update_published":
		return read(facts, content, publicUpdatePublished)
	case "incident.public_update_retracted":
		return read(facts, content, publicUpdateRetracted)
	case "incident.entry_edited":
		return read(facts, content, entryEdited)
	case "incident.entry_pinned":
		return readFacts(facts, entryPinned)
	case "incident.entry_hidden":
		return read(facts, content, entryHidden)
	case "incident.entry_redacted":
		return read(facts, content, entryRedacted)
	case "incident.alert_linked":
		return read(facts, content, alertLinked)
	// Work and aftermath.
	case "incident.task_added":
		return read(facts, content, taskAdded)
	case "incident.task_assigned":
		return readFacts(facts, taskAssigned)
	case "incident.task_ended":
		return read(facts, content, taskEnded)
	case "incident.follow_up_added":
		return read(facts, content, followUpAdded)
	case "incident.follow_up_revised":
		return read(facts, content, followUpRevised)
	case "incident.follow_up_ended":
		return read(facts, content, followUpEnded)
	case "incident.checklist_started":
		return read(facts, content, checklistStarted)
	case "incident.checklist_item_ticked":
		return read(facts, content, checklistItemTicked)
	case "incident.stability_confirmed":
		return readContent(content, stabilityConfirmed)
	case "incident.debrief_added":
		return readContent(content, debriefAdded)
	case "incident.postmortem_assigned":
		return readFacts(facts, postmortemAssigned)
	case "incident.postmortem_state_changed":
		return readFacts(facts, postmortemStateChanged)
	case "incident.visibility_changed":
		return read(facts, content, visibilityChanged)
	case "incident.review_scheduled":
		return readFacts(facts, reviewScheduled)
	case "incident.member_added":
		return readFacts(facts, memberAdded)
	case "incident.member_removed":
		return readFacts(facts, memberRemoved)
	// Clocks, laws and commands that people ran.
	case "incident.clock_warned":
		return readFacts(facts, clockWarned)
	case "incident.clock_breached":
		return readFacts(facts, clockBreached)
	case "incident.clock_met":
		return readFacts(facts, clockMet)
	case "incident.legal_event_recorded":
		return read(facts, content, legalEventRecorded)
	case "incident.command_executed":
		return read(facts, content, commandExecuted)
	}
	return decodeInvestigation(name, facts, content)
}

// decodeInvestigation is decodeEvent for the events about the search for the cause.
func decodeInvestigation(name string, facts, content []byte) (incident.Event, error) {
	switch name {
	case "incident.hypothesis_added":
		return read(facts, content, hypothesisAdded)
	case "incident.hypothesis_tested":
		return read(facts, content, hypothesisTested)
	case "incident.hypothesis_confirmed":
		return read(facts, content, hypothesisConfirmed)
	case "incident.hypothesis_eliminated":
		return read(facts, content, hypothesisEliminated)
	case "incident.hypothesis_reopened":
		return read(facts, content, hypothesisReopened)
	case "incident.assessed":
		return read(facts, content, assessed)
	case "incident.decision_made":
		return read(facts, content, decisionMade)
	case "incident.impact_started":
		return read(facts, content, impactStarted)
	case "incident.impact_ended":
		return read(facts, content, impactEnded)
	case "incident.blast_radius_changed":
		return read(facts, content, blastRadiusChanged)
	case "incident.category_changed":
		return readFacts(facts, categoryChanged)
	case "incident.related":
		return readFacts(facts, related)
	case "incident.unrelated":
		return readFacts(facts, unrelated)
	case "incident.check_recorded":
		return read(facts, content, checkRecorded)
	}
	return nil, nil //nolint:nilnil // documented: not known is no error here
}

// message is a generated message M as its pointer.
type message[M any] interface {
	*M
	proto.Message
}

// read decodes a type that has facts and content.
func read[F, C any, PF message[F], PC message[C], E incident.Event](
	facts, content []byte, build func(PF, PC) E,
) (incident.Event, error) {
	f, c := PF(new(F)), PC(new(C))
	if err := unmarshal(facts, f); err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	if err := unmarshal(content, c); err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	return build(f, c), nil
}

// readFacts decodes a type that has no content.
func readFacts[F any, PF message[F], E incident.Event](facts []byte, build func(PF) E) (incident.Event, error) {
	f := PF(new(F))
	if err := unmarshal(facts, f); err != nil {
		return nil, fmt.Errorf("facts: %w", err)
	}
	return build(f), nil
}

// readContent decodes a type that has no facts.
func readContent[C any, PC message[C], E incident.Event](content []byte, build func(PC) E) (incident.Event, error) {
	c := PC(new(C))
	if err := unmarshal(content, c); err != nil {
		return nil, fmt.Errorf("content: %w", err)
	}
	return build(c), nil
}

// unmarshal passes over fields of later versions without keeping them: stored
// bytes are kept as they are elsewhere, and nothing decoded is stored again.
func unmarshal(data []byte, m proto.Message) error {
	if len(data) == 0 {
		return nil
	}
	return proto.UnmarshalOptions{DiscardUnknown: true, NoLazyDecoding: true, AllowPartial: true}.Unmarshal(data, m)
}

// term converts an enumeration. A value that does not fit the domain's type
// becomes its greatest one, which no version uses.
func term[T ~uint8, V ~int32](v V) T {
	if v < 0 || v > 255 {
		return 255
	}
	return T(v)
}

// instant is the time of a stored number of microseconds; 0 is no time.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}
