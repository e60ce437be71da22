package cli

import (
	"fmt"
	"sync"
)

// Of long output the beginning and the end are kept: what was asked for, and how it
// ended. Together with the mark between them they fit into an entry.
const (
	excerptHead = 12 << 10
	excerptTail = 18 << 10
)

// excerpt keeps the beginning and the end of what is written to it. It is safe for
// concurrent use: a command has two outputs.
type excerpt struct {
	mu         sync.Mutex
	head, tail []byte
	left       int // bytes that were left out
}

// Write implements [io.Writer]; it never fails.
func (e *excerpt) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := len(p)
	room := min(excerptHead-len(e.head), len(p))
	e.head = append(e.head, p[:room]...)
	e.tail = append(e.tail, p[room:]...)
	if over := len(e.tail) - excerptTail; over > 0 {
		e.left += over
		e.tail = append(e.tail[:0], e.tail[over:]...)
	}
	return n, nil
}

// text is what was kept, with a mark where something was left out.
func (e *excerpt) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left == 0 {
		return string(e.head) + string(e.tail)
	}
	return string(e.head) + fmt.Sprintf("\n… %d bytes left out …\n", e.left) + string(e.tail)
}
