package output

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// Progress tells how far long work is: on a terminal one line that is written
// over, elsewhere a plain line from time to time. Its zero value is not usable;
// call [NewProgress]. It may be used by several goroutines.
type Progress struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	what     string
	unit     string
	total    uint64
	done     uint64
	start    time.Time
	last     time.Time
	now      func() time.Time
	dirty    bool
	closed   bool
}

// NewProgress starts to tell about work: what is done ("import"), what is
// counted ("events"), and how many there are, 0 when that is not known.
func NewProgress(out io.Writer, terminal bool, now func() time.Time, what, unit string, total uint64) *Progress {
	return &Progress{out: out, terminal: terminal, what: what, unit: unit, total: total, start: now(), last: now(), now: now}
}

// Add counts more work as done.
func (p *Progress) Add(n uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	p.tell(false)
}

// Set says how much work is done, and how much there is.
func (p *Progress) Set(done, total uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done, p.total = done, total
	p.tell(false)
}

// Phase begins another part of the work.
func (p *Progress) Phase(what, unit string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if what == p.what && unit == p.unit {
		return
	}
	if p.done > 0 {
		p.tell(true)
		p.end()
	}
	p.what, p.unit, p.done, p.total, p.start = what, unit, 0, 0, p.now()
}

// Done returns how much has been counted.
func (p *Progress) Done() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

// Close writes the last state and ends the line. Closing it again does nothing.
func (p *Progress) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.closed = true
	if p.done > 0 {
		p.tell(true)
	}
	p.end()
}

func (p *Progress) end() {
	if p.dirty {
		_, _ = io.WriteString(p.out, "\n")
		p.dirty = false
	}
}

// tell writes the state when it is time to: five times a second on a terminal,
// every five seconds elsewhere.
func (p *Progress) tell(force bool) {
	interval := 5 * time.Second
	if p.terminal {
		interval = 200 * time.Millisecond
	}
	now := p.now()
	if !force && now.Sub(p.last) < interval {
		return
	}
	p.last = now
	if p.terminal {
		_, _ = fmt.Fprintf(p.out, "\r\x1b[K%s", p.line(now))
		p.dirty = true
		return
	}
	_, _ = fmt.Fprintln(p.out, p.line(now))
}

func (p *Progress) line(now time.Time) string {
	elapsed := now.Sub(p.start).Seconds()
	rate := float64(0)
	if elapsed > 0 {
		rate = float64(p.done) / elapsed
	}
	if p.total == 0 {
		return fmt.Sprintf("%s: %d %s, %.0f/s", p.what, p.done, p.unit, rate)
	}
	line := fmt.Sprintf("%s: %d of %d %s (%d%%), %.0f/s", p.what, p.done, p.total, p.unit, p.done*100/p.total, rate)
	if rate > 0 && p.done < p.total {
		left := time.Duration(float64(p.total-p.done) / rate * float64(time.Second))
		line += ", " + Length(left) + " left"
	}
	return line
}
