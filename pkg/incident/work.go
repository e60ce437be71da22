package incident

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// MaxItem bounds the text of a task, a follow-up or a line of a checklist, in bytes.
const MaxItem = 2 << 10

// maxItems bounds the tasks, and the follow-ups, of one incident.
const maxItems = 1000

// Item is a task or a follow-up, as rules and clocks know it.
type Item struct {
	Number uint64 // as in T1 or F1
	Entry  uint64 // revision of the event that added it
	Owner  PersonID
	Due    time.Time // zero: no time was set

	Type     FollowUpType // of follow-ups only
	Priority Priority     // of follow-ups only

	AddedAt time.Time
	Outcome Outcome   // OutcomeUnknown while it is open
	EndedAt time.Time // zero while it is open
	Ended   uint64    // revision of the event that ended it
}

// Open reports whether somebody still has to do it.
func (i Item) Open() bool { return i.Outcome == OutcomeUnknown }

// items are the tasks or the follow-ups of an incident, by number.
type items struct{ list[Item] }

// all returns them in their order.
func (l items) all() []Item {
	var out []Item
	for i := range l.size() {
		out = append(out, l.at(i))
	}
	return out
}

// next is the number of the one that is added next.
func (l items) next() uint64 {
	var last uint64
	for i := range l.size() {
		last = max(last, l.at(i).Number)
	}
	return last + 1
}

// get finds one by its number.
func (l items) get(number uint64) (Item, bool) {
	if i := l.index(number); i >= 0 {
		return l.at(i), true
	}
	return Item{}, false
}

func (l items) index(number uint64) int {
	return l.find(func(i Item) bool { return i.Number == number })
}

// added returns the items with one more; a number that is there already stays as
// it is.
func (l items) added(i Item) items {
	if l.index(i.Number) >= 0 {
		return l
	}
	return items{l.with(i)}
}

// changed returns the items with one replaced; one that is not there is passed over.
func (l items) changed(number uint64, change func(*Item)) items {
	at := l.index(number)
	if at < 0 {
		return l
	}
	i := l.at(at)
	change(&i)
	return items{l.set(at, i)}
}

// ended returns the items with one ended, unless it was so before.
func (l items) ended(number uint64, outcome Outcome, m Meta) items {
	return l.changed(number, func(i *Item) {
		if i.Open() {
			i.Outcome, i.EndedAt, i.Ended = outcome, m.OccurredAt, m.Revision
		}
	})
}

// touched reports whether one of the items is another one than before.
func touched(number uint64, before, after items) bool {
	a, _ := before.get(number)
	b, _ := after.get(number)
	return a != b
}

// itemKind says what an item is called.
type itemKind struct{ field, word, letter string }

func taskKind() itemKind     { return itemKind{"task", "task", "T"} }
func followUpKind() itemKind { return itemKind{"follow_up", "follow-up", "F"} }

// require finds the item that a command is about.
func (k itemKind) require(l items, number uint64) (Item, error) {
	i, found := l.get(number)
	if found {
		return i, nil
	}
	known := "there are none yet"
	if n := l.size(); n > 0 {
		known = fmt.Sprintf("they go from %s1 to %s%d", k.letter, k.letter, l.next()-1)
	}
	return Item{}, notFound(k.field, "no_such_"+k.field, fmt.Sprintf("there is no %s %s%d: %s", k.word, k.letter, number, known))
}

// requireOpen refuses what has ended.
func (k itemKind) requireOpen(i Item) error {
	if i.Open() {
		return nil
	}
	return alreadyDone("already_"+i.Outcome.String(),
		fmt.Sprintf("%s%d is %s already: add another one if it has to be done again", k.letter, i.Number, i.Outcome))
}

// checkRoom refuses more items than an incident can hold.
func (k itemKind) checkRoom(l items) error {
	if l.size() < maxItems {
		return nil
	}
	return wrongState("too_many_"+k.field+"s", fmt.Sprintf("the incident has %d %ss: use a tracker for more", maxItems, k.word))
}

// checkEnd wants to know how an item ended.
func checkEnd(outcome Outcome, note string) error {
	if !outcome.Known() {
		return invalid("outcome", "unknown_outcome", "unknown outcome: use "+strings.Join(outcomeNames()[1:], " or "))
	}
	return checkOptional("note", note, MaxText)
}

// checkItem checks what the commands of tasks and follow-ups have in common.
func checkItem(text string, owner PersonID, due time.Time) error {
	return firstError(
		func() error { return checkRequired("text", text, MaxItem) },
		func() error { return checkName("owner", string(owner), false) },
		func() error { return checkStorable("due", due) },
	)
}

// ItemName is what people call the task or the follow-up that an event is about,
// for example "T1" or "F2"; "" for any other event.
func ItemName(e Event) string {
	if i, ok := e.(interface{ item() string }); ok {
		return i.item()
	}
	return ""
}

func (k itemKind) name(number uint64) string { return k.letter + strconv.FormatUint(number, 10) }

func (e TaskAdded) item() string       { return taskKind().name(e.Task) }
func (e TaskAssigned) item() string    { return taskKind().name(e.Task) }
func (e TaskEnded) item() string       { return taskKind().name(e.Task) }
func (e FollowUpAdded) item() string   { return followUpKind().name(e.FollowUp) }
func (e FollowUpRevised) item() string { return followUpKind().name(e.FollowUp) }
func (e FollowUpEnded) item() string   { return followUpKind().name(e.FollowUp) }
func (e ReviewScheduled) item() string { return followUpKind().name(e.FollowUp) }
