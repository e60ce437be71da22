package tee

import (
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger/db"
)

// pausedFor is how long an integration is left alone that an operator has disabled.
const pausedFor = 10 * time.Second

// schedule is how long to wait after each attempt that failed: an hour in all. What wakes
// people is of no use later.
func schedule() []time.Duration {
	return []time.Duration{
		2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
		10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	}
}

// noteAttempts are those at a note, which keeps back the acknowledgment and the end.
const noteAttempts = 3

// telling is one thing that is to be told.
type telling struct {
	// action is what; empty for nothing yet.
	action Action
	// signal is the id of the raw signal that said so; empty where none did.
	signal string
	// revision is that of the note.
	revision uint64
}

// next is what is to be told of an alert now. It is true as well when nothing is to be told
// of it any more. An alert that was over, or kept from calling, before it was told of, calls
// nobody elsewhere. One whose trigger may have got there is resolved. Notes are told in
// their place where the tool takes the sender's own.
func next(row db.NotifierLedgerTee, h history, notes bool) (t telling, ended bool) {
	resolve := telling{action: Resolve, signal: h.EndSignal}
	acknowledge := h.IsAcknowledged() && row.AcknowledgedAt == nil && !h.Ended()
	switch {
	case row.ResolvedAt != nil, row.TriggeredAt == nil && !row.Tried && h.Ended():
		return telling{}, true
	case row.TriggeredAt == nil && h.Ended():
		return resolve, false
	case row.TriggeredAt == nil && (h.IsSuppressed() || !h.Began()):
		return telling{}, false
	case row.TriggeredAt == nil:
		return telling{action: Trigger, signal: h.Fired.SignalID}, false
	}
	if n, ok := h.note(uint64(row.Noted), acknowledge); ok && notes {
		return telling{Note, n.signal, n.revision}, false
	}
	switch {
	case acknowledge:
		return telling{action: Acknowledge, signal: h.Acknowledged.SignalID}, false
	case h.Ended():
		return resolve, false
	}
	return telling{}, false
}

// outcome is what came of one call.
type outcome struct {
	accepted bool
	// final: the same request will never be accepted.
	final bool
	// refused: that is what the tool said of it.
	refused bool
	// how says in whose words it was told; empty: in ours, as always.
	how string
	// problem says in our words what went wrong, retryAfter what the tool asked for.
	problem    string
	retryAfter time.Duration
}

// after is a row after an attempt, and how long it rests. What cannot be told is given up:
// without a trigger nothing else is told.
func after(row db.NotifierLedgerTee, t telling, o outcome, now time.Time) (db.NotifierLedgerTee, time.Duration) {
	action := t.action
	row.Attempts++
	waits := schedule()
	if action == Note {
		waits = waits[:noteAttempts-1]
	}
	if !o.accepted && !o.final && int(row.Attempts) <= len(waits) {
		return row, max(waits[row.Attempts-1], min(o.retryAfter, idle))
	}
	row.NoteKey = string(action)
	if o.accepted {
		row.Note = "the " + string(action) + " was forwarded and accepted" + o.how + "."
	} else {
		row.Note = "the " + string(action) + " could not be forwarded in " + strconv.Itoa(int(row.Attempts)) + " attempts: " + o.problem + "."
	}
	row.Attempts = 0
	switch action {
	case Trigger:
		row.TriggeredAt = &now
		if !o.accepted {
			// The note is said first, by the next step; nothing else follows.
			row.AcknowledgedAt, row.ResolvedAt = &now, &now
		}
	case Acknowledge:
		row.AcknowledgedAt = &now
	case Note:
		row.Noted = int64(t.revision)
		row.NoteKey += "-" + strconv.FormatUint(t.revision, 10)
		if o.accepted { // that a note was forwarded is no news
			row.Note, row.NoteKey = "", ""
		}
	case Resolve:
		row.ResolvedAt = &now
	}
	return row, 0
}
