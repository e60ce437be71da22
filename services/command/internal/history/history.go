package history

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
)

// ImportPrefix begins the request ids of imports; callers may not use it. The
// number of steps that are stored follows.
const ImportPrefix = "import:"

// History is one incident as far as it was folded. The zero History is that of an
// incident without events.
type History struct {
	// State is what the rules need.
	State incident.State
	// Head is the end of the chain, where the next commit goes.
	Head chain.Head
	// Sequence is the place in the log of the last message, Epoch the log's.
	Sequence uint64
	Epoch    string
	// Imported counts the steps of an imported history that are stored and can be
	// known again only by their place.
	Imported int

	requests map[requestKey]Answer
}

// Answer is what a request that was carried out led to.
type Answer struct {
	// Sequence is the place in the log of its commit.
	Sequence uint64
	// First and Last are the revisions that it wrote.
	First, Last uint64
}

// requestKey is a digest of caller and request id: a key of fixed size however
// long the ids are.
type requestKey [16]byte

func keyOf(caller, requestID string) requestKey {
	sum := sha256.Sum256([]byte(strconv.Itoa(len(caller)) + ":" + caller + requestID))
	return requestKey(sum[:16])
}

// Answer finds what the caller's request with this id led to.
func (h *History) Answer(caller, requestID string) (Answer, bool) {
	a, ok := h.requests[keyOf(caller, requestID)]
	return a, ok
}

// fold adds the events of one message.
func (h *History) fold(m eventlog.Message) error {
	c, err := chain.Open(m.Data)
	if err != nil {
		return fmt.Errorf("fold message %d: %w", m.Sequence, err)
	}
	for i := range c.Records {
		r := &c.Records[i]
		e, err := r.Envelope()
		if err != nil {
			return fmt.Errorf("fold message %d: %w", m.Sequence, err)
		}
		// What a later version wrote is folded too: it freezes the incident.
		recorded, err := record.DecodeParsed(&e, *r)
		if err != nil && !errors.Is(err, record.ErrUnknownCritical) {
			return fmt.Errorf("fold message %d: %w", m.Sequence, err)
		}
		h.State = incident.Evolve(h.State, recorded)
		h.Head = chain.Head{Revision: e.Revision, Hash: r.Hash(), RecordedAtMicros: e.RecordedAtMicros}
		h.remember(&e, m.Sequence)
	}
	h.Sequence, h.Epoch = m.Sequence, m.Epoch
	return nil
}

// Position is where the history ends.
func (h *History) Position() eventlog.Position {
	return eventlog.Position{Epoch: h.Epoch, Sequence: h.Sequence, Hash: h.Head.Hash}
}

// remember indexes the request that caused an event.
func (h *History) remember(e *chain.Envelope, sequence uint64) {
	if e.RequestID == "" {
		return
	}
	if h.requests == nil {
		h.requests = make(map[requestKey]Answer)
	}
	key := keyOf(e.Caller(), e.RequestID)
	a, known := h.requests[key]
	if !known {
		a = Answer{Sequence: sequence, First: e.Revision}
	}
	a.Last = e.Revision
	h.requests[key] = a
	if steps, ok := strings.CutPrefix(e.RequestID, ImportPrefix); ok {
		if n, err := strconv.Atoi(steps); err == nil {
			h.Imported = max(h.Imported, n)
		}
	}
}

// Rough sizes in bytes, for the bound of the cache.
const (
	baseSize    = 1500
	eventSize   = 24
	requestSize = 64
)

// size estimates the memory that the history takes, in bytes.
func (h *History) size() int {
	return baseSize + int(h.State.Revision)*eventSize + len(h.requests)*requestSize
}
