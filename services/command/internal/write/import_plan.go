package write

import (
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	"github.com/bridgelog/bridgelog/services/command/internal/history"
)

// commitBytes is where a commit of an import ends and the next begins; the log
// refuses commits of more than 256 KiB.
const commitBytes = 192 << 10

// plan is a history, or its growth, as it will be appended.
type plan struct {
	declare incident.Declare
	at      incident.Context // of the declaration
	commits []planned
}

// planned is one commit of it.
type planned struct {
	drafts []chain.Draft
	steps  int // anonymous steps of the history that are stored once it is
	bytes  int
}

// request is the identity of the commit: how far the history is stored.
func (p planned) request() chain.Request {
	id := history.ImportPrefix + strconv.Itoa(p.steps)
	return chain.Request{ID: id, Body: []byte(id)}
}

// planner decides steps in turn, each on the state that those before it lead to.
type planner struct {
	i       *importing
	id      incident.ID
	state   incident.State
	current planned
	done    []planned
}

// plan decides a whole new history. The number is not known yet; the event that
// carries it is encoded again when it is.
func (i *importing) plan(h *incidentv1.ImportedIncident) (plan, error) {
	r := h.GetDeclare()
	c := declareOf(r)
	c.Origin, c.Number = incident.OriginImport, 1
	id := deriveID("import", c.External.System, c.External.ID)
	p := &planner{i: i, id: id}
	at, err := p.decide(c, r.GetOccurredAt())
	if err != nil {
		return plan{}, fmt.Errorf("declare: %w", err)
	}
	if err := p.steps(h.GetSteps(), false); err != nil {
		return plan{}, err
	}
	return plan{declare: c, at: at, commits: p.finish()}, nil
}

// anonymous tells whether a step can be known again only by its place: all but
// public updates that have an id.
func anonymous(step *incidentv1.ImportStep) bool { return step.GetPublishUpdate().GetUpdateId() == "" }

// steps decides those steps that are not stored: anonymous ones beyond as many as
// were stored, and public updates whose id is new, wherever they stand.
func (p *planner) steps(steps []*incidentv1.ImportStep, grows bool) error {
	stored, seen := p.current.steps, 0
	for n, step := range steps {
		if anonymous(step) {
			if seen++; seen <= stored {
				continue
			}
		}
		if err := p.step(n, step, grows); err != nil {
			return fmt.Errorf("steps[%d]: %w", n, err)
		}
		p.current.steps = max(stored, seen)
	}
	return nil
}

// step decides one step. When a history grows, what is done already is passed
// over.
func (p *planner) step(n int, step *incidentv1.ImportStep, grows bool) error {
	req := actOf(step)
	if req == nil {
		return fmt.Errorf("no act is set")
	}
	c, err := commandOf(req, p.i.names)
	if err != nil {
		return err
	}
	if publish, ok := c.(incident.PublishUpdate); ok && publish.UpdateID == "" {
		publish.UpdateID = string(deriveID("update", string(p.id), strconv.Itoa(n)))
		c = publish
	}
	when, _ := req.(interface{ GetOccurredAt() *timestamppb.Timestamp })
	before := p.state
	if _, err = p.decide(c, when.GetOccurredAt()); err != nil {
		if grows && incident.KindOf(err) == incident.AlreadyDone {
			return nil
		}
		return err
	}
	if note, ok := req.(*incidentv1.AddNoteRequest); ok && note.GetPinned() && p.state.Revision > before.Revision {
		if _, err := p.decide(incident.PinEntry{Entry: p.state.Revision, Pinned: true}, when.GetOccurredAt()); err != nil {
			return err
		}
	}
	return nil
}

// decide adds the events of one command.
func (p *planner) decide(c incident.Command, when *timestamppb.Timestamp) (incident.Context, error) {
	if when == nil {
		return incident.Context{}, fmt.Errorf("occurred_at is missing: histories keep their own times")
	}
	s := p.i.service
	ctx := incident.Context{Actor: p.i.who.actor, Authority: p.i.who.authority, Now: s.Now(), OccurredAt: when.AsTime()}
	events, err := incident.Decide(p.state, c, ctx)
	if err != nil {
		return ctx, err
	}
	drafts, err := s.drafts(events, p.i.who, ctx.When())
	if err != nil {
		return ctx, err
	}
	for n := range drafts {
		p.add(drafts[n])
	}
	p.state = foresee(p.state, events, p.id, ctx)
	return ctx, nil
}

// add puts an event into the current commit, or the next one when it is full.
func (p *planner) add(d chain.Draft) {
	const envelope = 512 // what an event takes besides its text
	size := len(d.Facts) + len(d.Content) + envelope
	if p.current.bytes+size > commitBytes && len(p.current.drafts) > 0 {
		p.done = append(p.done, p.current)
		p.current = planned{steps: p.current.steps}
	}
	p.current.drafts = append(p.current.drafts, d)
	p.current.bytes += size
}

// finish returns the commits.
func (p *planner) finish() []planned {
	if len(p.current.drafts) > 0 {
		p.done = append(p.done, p.current)
	}
	return p.done
}

// actOf is the request that a step holds; nil when it holds none.
func actOf(step *incidentv1.ImportStep) proto.Message {
	m := step.ProtoReflect()
	field := m.WhichOneof(m.Descriptor().Oneofs().ByName("act"))
	if field == nil {
		return nil
	}
	return m.Get(field).Message().Interface()
}
