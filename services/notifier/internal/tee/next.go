package tee

import (
	"strconv"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
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

// next is what is to be told of an alert now; "" for nothing yet. It is true as well when
// nothing is to be told of it any more. An alert that was over, or kept from calling, before
// it was told of, calls nobody elsewhere. One whose trigger may have got there is resolved.
func next(row db.NotifierLedgerTee, s alert.State) (action Action, ended bool) {
	switch {
	case row.ResolvedAt != nil, row.TriggeredAt == nil && !row.Tried && s.Ended():
		return "", true
	case row.TriggeredAt == nil && s.Ended():
		return Resolve, false
	case row.TriggeredAt == nil && (s.IsSuppressed() || !s.Began()):
		return "", false
	case row.TriggeredAt == nil:
		return Trigger, false
	case s.IsAcknowledged() && row.AcknowledgedAt == nil && !s.Ended():
		return Acknowledge, false
	case s.Ended():
		return Resolve, false
	}
	return "", false
}

// outcome is what came of one call.
type outcome struct {
	accepted bool
	// final: the same request will never be accepted.
	final bool
	// problem says in our words what went wrong, retryAfter what the tool asked for.
	problem    string
	retryAfter time.Duration
}

// after is a row after an attempt, and how long it rests. What cannot be told is given up:
// without a trigger nothing else is told.
func after(row db.NotifierLedgerTee, action Action, o outcome, now time.Time) (db.NotifierLedgerTee, time.Duration) {
	row.Attempts++
	waits := schedule()
	if !o.accepted && !o.final && int(row.Attempts) <= len(waits) {
		return row, max(waits[row.Attempts-1], min(o.retryAfter, idle))
	}
	row.NoteKey = string(action)
	if o.accepted {
		row.Note = "the " + string(action) + " was forwarded and accepted."
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
	case Resolve:
		row.ResolvedAt = &now
	}
	return row, 0
}
