package feed

import (
	"slices"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/wire"
)

// Item is one event. It is shared by all watchers and must not be changed.
type Item struct {
	ID incident.ID
	// Resume is the position after which a watcher goes on that has seen this
	// item: that of its message, or of the one before while more events of the
	// same message follow.
	Resume eventlog.Position
	// Entry and Incident are without names.
	Entry    *timelinev1.Entry
	Incident *timelinev1.Incident
	// Members may see the incident when it is private.
	Members []incident.PersonID
}

// batch is the events of one message.
type batch struct {
	position eventlog.Position
	items    []Item
}

// items are the events of a change that a message made.
func items(c fold.Change, before, position eventlog.Position) []Item {
	folded := wire.Brief(wire.Incident(c.Incident))
	folded.Quarantined = c.Problem != nil
	members := slices.Clone(c.Incident.Members)
	var list []Item
	for n, event := range c.Events {
		i, found := slices.BinarySearchFunc(c.Entries, event.Revision, compareRevision)
		if !found {
			continue
		}
		e := wire.Entry(c.Entries[i])
		e.IncidentId, e.IncidentNumber = string(c.ID), c.Incident.Number
		item := Item{ID: c.ID, Resume: before, Entry: e, Incident: folded, Members: members}
		if n == len(c.Events)-1 {
			item.Resume = position
		}
		list = append(list, item)
	}
	return list
}

// redact takes away what an item says, on a copy.
func (i *Item) redact() {
	e := proto.CloneOf(i.Entry)
	e.Text, e.OriginalText, e.Author, e.Redacted = "", "", "", true
	i.Entry = e
}
