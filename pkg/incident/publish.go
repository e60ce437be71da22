package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// PublishUpdate tells customers something. It is for the communications lead
// and for whoever leads. That customers read "resolved" does not resolve the
// incident: Resolve does. An update id that was used before is refused. So is
// the first update of a private incident without a title, which would show
// its internal one.
type PublishUpdate struct {
	UpdateID string   // unique in the incident
	Pages    []string // names of the status pages; empty means every page
	// Status is what customers read: investigating, identified, monitoring or
	// resolved. StatusUnknown is for imports that give a SourceStatus.
	Status     Status
	Message    string            // required, unless SourceStatus is given
	Title      string            // public name of the incident; empty keeps the one before
	Components []ComponentImpact // as customers are told
	NextUpdate time.Time         // when the next one is promised; zero: it is not
	// Impact is none, minor, major, critical or maintenance; empty means derived
	// from the components.
	Impact       string
	SourceStatus string // the word of the system it was imported from
}

// PublicUpdatePublished says that customers were told something.
type PublicUpdatePublished struct {
	UpdateID       string
	Pages          []string
	Status         Status
	Message, Title string // content
	Components     []ComponentImpact
	NextUpdate     time.Time
	Impact         string
	SourceStatus   string
}

// publicUpdate is what rules need to know of a public update.
type publicUpdate struct {
	id        string
	revision  uint64
	retracted bool
	named     bool // it gave the public name
}

// Name returns "publish_update".
func (PublishUpdate) Name() string { return "publish_update" }

func (c PublishUpdate) decide(s State, ctx Context) ([]Event, error) {
	if err := c.check(ctx); err != nil {
		return nil, err
	}
	if err := ctx.requireVoice(s); err != nil {
		return nil, err
	}
	if i := s.findUpdate(c.UpdateID); i >= 0 {
		return nil, alreadyDone("update_exists",
			fmt.Sprintf("a public update %q exists already: use another id", clip(c.UpdateID)))
	}
	if s.Private && c.Title == "" && s.updates.find(func(u publicUpdate) bool { return u.named }) < 0 {
		return nil, invalid("title", "private_title",
			"this incident is private: give the title that customers may read")
	}
	e := PublicUpdatePublished(c)
	e.NextUpdate = stamp(c.NextUpdate)
	return []Event{e}, nil
}

func (c PublishUpdate) check(ctx Context) error {
	imported := c.SourceStatus != ""
	if !isPublicStatus(c.Status) && (!imported || c.Status != StatusUnknown) {
		return invalid("status", "not_a_public_status",
			"status must be investigating, identified, monitoring or resolved")
	}
	if c.Message != "" || !imported {
		if err := checkRequired("message", c.Message, MaxText); err != nil {
			return err
		}
	}
	if c.Title != "" {
		if err := checkTitle("title", c.Title, MaxPublicName); err != nil {
			return err
		}
	}
	if impacts := publicImpacts(); !slices.Contains(impacts, c.Impact) {
		return invalid("impact", "unknown_impact",
			"unknown impact: use "+strings.Join(impacts[1:], ", ")+", or nothing")
	}
	return firstError(
		func() error { return checkName("update_id", c.UpdateID, true) },
		func() error { return checkNames("pages", c.Pages) },
		func() error { return checkComponents(c.Components) },
		func() error { return checkName("source_status", c.SourceStatus, false) },
		func() error { return c.checkNext(ctx) },
	)
}

// checkNext wants a promise that lay ahead when the update was published.
func (c PublishUpdate) checkNext(ctx Context) error {
	if c.NextUpdate.IsZero() || c.NextUpdate.After(ctx.When()) {
		return checkStorable("next_update", c.NextUpdate)
	}
	return invalid("next_update", "not_in_the_future",
		"next_update must lie after the update itself: say when customers will hear again")
}

// publicImpacts are the words for public impact, "derived" first.
func publicImpacts() []string {
	return []string{"", "none", "minor", "major", "critical", "maintenance"}
}

func isPublicStatus(s Status) bool { return s >= StatusInvestigating && s <= StatusResolved }

// conflicts: whoever speaks to customers must know what they were told meanwhile.
func (PublishUpdate) conflicts(before, after State) bool { return publicChanged(before, after) }

// publicChanged reports whether an update was published or retracted in between.
func publicChanged(before, after State) bool {
	return !slices.Equal(before.PublicUpdates(), after.PublicUpdates())
}

// PublicUpdates returns the ids of the updates that were published and not
// retracted, oldest first.
func (s State) PublicUpdates() []string {
	var ids []string
	for i := range s.updates.size() {
		if u := s.updates.at(i); !u.retracted {
			ids = append(ids, u.id)
		}
	}
	return ids
}

// findUpdate returns the index of a public update, or -1.
func (s State) findUpdate(id string) int {
	return s.updates.find(func(u publicUpdate) bool { return u.id == id })
}

// Type returns "incident.public_update_published".
func (PublicUpdatePublished) Type() string { return "incident.public_update_published" }

// Accept calls VisitPublicUpdatePublished.
func (e PublicUpdatePublished) Accept(v Visitor) { v.VisitPublicUpdatePublished(e) }

func (e PublicUpdatePublished) traits() traits {
	return editable | public | content.when(e.Message != "" || e.Title != "")
}

func (e PublicUpdatePublished) evolve(s State, m Meta) State {
	s.updates = s.updates.with(publicUpdate{id: e.UpdateID, revision: m.Revision, named: e.Title != ""})
	return s
}
