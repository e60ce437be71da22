package jetstream

import "sync"

// How much shares a line of the account, at most.
const (
	lineMessages = 32
	lineBytes    = 1 << 20
)

// account knows how many bytes of what this process took are not handled yet.
type account struct {
	mu     sync.Mutex
	flying uint64 // bytes that are being stored
	stored uint64 // bytes, ever
	done   uint64 // of these, handled
	lines  []line // by sequence
	open   line   // what was stored since the last line
	count  int    // messages since the last line
}

// line says how much had been stored up to a sequence.
type line struct{ sequence, stored uint64 }

// reserve takes room for a signal, unless more than limit would wait; 0 means no
// limit. It has to be followed by release when the signal is stored, or is not.
func (a *account) reserve(size int, limit uint64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if limit > 0 && a.flying+a.stored-a.done+uint64(size) > limit {
		return false
	}
	a.flying += uint64(size)
	return true
}

func (a *account) release(size int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.flying -= uint64(size)
}

// add notes a message that was stored.
func (a *account) add(sequence uint64, size int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stored += uint64(size)
	a.open = line{max(a.open.sequence, sequence), a.stored}
	before := a.done
	if n := len(a.lines); n > 0 {
		before = a.lines[n-1].stored
	}
	if a.count++; a.count >= lineMessages || a.stored-before >= lineBytes {
		a.lines = append(a.lines, a.open)
		a.count = 0
	}
}

// handled notes that everything up to a sequence is handled; idle says that
// nothing waits.
func (a *account) handled(sequence uint64, idle bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for n < len(a.lines) && a.lines[n].sequence <= sequence {
		a.done = a.lines[n].stored
		n++
	}
	a.lines = a.lines[n:]
	if idle && len(a.lines) == 0 && a.open.sequence <= sequence {
		a.done, a.count = a.stored, 0
	}
}

// waiting is how many bytes are not handled; up to a line more than there are.
func (a *account) waiting() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flying + a.stored - a.done
}
