package eventlog

import "slices"

// Missing follows m's links back and returns, oldest first, the messages of its
// subject after a sequence that come before it, fetched by at. Readers that
// filter by subject use it to find what was redacted: such messages are missing
// from what the server delivers, but their successors still link to them.
func Missing(m Message, after uint64, at func(uint64) (Message, error)) ([]Message, error) {
	var missing []Message
	for sequence := m.Previous; sequence > after; {
		found, err := at(sequence)
		if err != nil {
			return nil, err
		}
		missing = append(missing, found)
		sequence = found.Previous
	}
	slices.Reverse(missing)
	return missing, nil
}

// Follower hands on messages that were filtered by subject, with the missing
// ones of each subject put in before their successor. It is not safe for
// concurrent use.
type Follower struct {
	after uint64
	last  map[string]uint64
	at    func(uint64) (Message, error)
	fn    func(Message) error
}

// NewFollower hands on messages after a sequence to fn; at returns the message
// at a sequence or its replacement.
func NewFollower(after uint64, at func(uint64) (Message, error), fn func(Message) error) *Follower {
	return &Follower{after: after, last: make(map[string]uint64), at: at, fn: fn}
}

// Deliver hands on the next message that matched the filter. One that was handed
// on before is passed over.
func (f *Follower) Deliver(m Message) error {
	known := max(f.after, f.last[m.Subject])
	if m.Sequence <= known {
		return nil
	}
	missing, err := Missing(m, known, f.at)
	if err != nil {
		return err
	}
	for _, each := range append(missing, m) {
		if err := f.fn(each); err != nil {
			return err
		}
	}
	f.last[m.Subject] = m.Sequence
	return nil
}
