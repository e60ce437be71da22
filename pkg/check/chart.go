package check

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Sizes of a chart, in its own units.
const (
	chartWidth, chartHeight = 480, 180
	plotLeft, plotRight     = 58, 470
	plotTop, plotBottom     = 34, 140
	longestLabel            = 60 // characters
	// MaxChart bounds a chart in bytes.
	MaxChart = 64 << 10
)

// line is one of the three lines.
type line struct {
	class, name string
	points      Series
}

// Chart draws what a check measured, as SVG: three lines for now, yesterday and last
// week, told apart by colour and by dashes, and where it began to be unusual. It follows
// the reader's light or dark mode, describes itself to screen readers, holds no script
// and no reference, and is at most [MaxChart] bytes. Equal results give equal charts.
func Chart(service string, r incident.CheckResult) []byte {
	window := r.Until.Sub(r.From)
	lines := []line{
		{"w", "last week", Series(r.WeekBefore).Clean(window)},
		{"y", "yesterday", Series(r.DayBefore).Clean(window)},
		{"n", "now", Series(r.Now).Clean(window)},
	}
	c := chart{window: max(window, 1)}
	c.low, c.high = bounds(lines)
	fmt.Fprintf(&c.b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">`,
		chartWidth, chartHeight, chartWidth, chartHeight)
	title := label(service + ": " + r.Title)
	fmt.Fprintf(&c.b, `<title id="t">%s</title><desc id="d">%s</desc>`, title, describe(r))
	c.b.WriteString(chartStyle)
	fmt.Fprintf(&c.b, `<rect class="b" width="%d" height="%d"/>`, chartWidth, chartHeight)
	c.text("h", "start", plotLeft, 18, title)
	c.axes(r)
	for _, l := range lines {
		c.line(l)
	}
	if !r.Began.IsZero() {
		x := c.x(r.Began.Sub(r.From))
		fmt.Fprintf(&c.b, `<path class="s" d="M%s %dV%d"/>`, x, plotTop, plotBottom)
	}
	c.legend(lines)
	c.b.WriteString("</svg>\n")
	return c.b.Bytes()
}

// chartStyle is what a chart looks like. Dashes tell the lines apart without colours.
const chartStyle = `<style>` +
	`.b{fill:#fff}text{font:11px sans-serif;fill:#333}.h{font-weight:bold}path{fill:none;stroke-width:1.5}` +
	`.a{stroke:#bbb;stroke-width:1}.n{stroke:#b3261e;stroke-width:2}.y{stroke:#1f5fa8;stroke-dasharray:6 3}` +
	`.w{stroke:#6b6b6b;stroke-dasharray:2 3}.s{stroke:#b3261e;stroke-dasharray:1 3}` +
	`@media(prefers-color-scheme:dark){.b{fill:#16181c}text{fill:#ddd}.a{stroke:#555}.n{stroke:#ff8a80}.y{stroke:#8ab4f8}.w{stroke:#aaa}.s{stroke:#ff8a80}}` +
	`</style>`

// chart is one that is being drawn.
type chart struct {
	b         bytes.Buffer
	window    time.Duration
	low, high float64
}

// bounds are the lowest and the highest value to be drawn.
func bounds(lines []line) (low, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		for _, p := range l.points {
			low, high = min(low, p.Value), max(high, p.Value)
		}
	}
	if low > high {
		return 0, 1
	}
	if low >= 0 {
		low = 0
	}
	if low == high { // a line needs a height to lie in
		return low - 1, high + 1
	}
	return low, high
}

func (c *chart) x(offset time.Duration) string {
	share := float64(offset) / float64(c.window)
	return short(plotLeft + (plotRight-plotLeft)*min(max(share, 0), 1))
}

func (c *chart) y(v float64) string {
	// Halves keep the difference of huge values finite.
	share := (v/2 - c.low/2) / (c.high/2 - c.low/2)
	if math.IsNaN(share) {
		share = 0
	}
	return short(plotBottom - (plotBottom-plotTop)*min(max(share, 0), 1))
}

func short(v float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
}

func (c *chart) text(class, anchor string, x, y int, text string) {
	fmt.Fprintf(&c.b, `<text class="%s" text-anchor="%s" x="%d" y="%d">%s</text>`, class, anchor, x, y, text)
}

func (c *chart) axes(r incident.CheckResult) {
	fmt.Fprintf(&c.b, `<path class="a" d="M%d %dV%dH%d"/>`, plotLeft, plotTop, plotBottom, plotRight)
	c.text("", "end", plotLeft-4, plotTop+8, Number(c.high))
	c.text("", "end", plotLeft-4, plotBottom, Number(c.low))
	c.text("", "start", plotLeft, plotBottom+14, r.From.UTC().Format("15:04"))
	c.text("", "end", plotRight, plotBottom+14, r.Until.UTC().Format("15:04")+" UTC")
	if r.Unit != "" {
		c.text("", "end", plotRight, 18, label(r.Unit))
	}
}

// line draws a line, with gaps where points are missing.
func (c *chart) line(l line) {
	if len(l.points) == 0 {
		return
	}
	const missing = 5 // times the usual gap
	widest := max(l.points.gap()*missing, 1)
	var d strings.Builder
	for i, p := range l.points {
		switch {
		case i > 0 && p.Offset-l.points[i-1].Offset <= widest:
			d.WriteString("L")
		default:
			d.WriteString("M")
		}
		d.WriteString(c.x(p.Offset) + " " + c.y(p.Value))
		if next := i + 1; next == len(l.points) || l.points[next].Offset-p.Offset > widest {
			d.WriteString("h.5") // so that a single point is seen
		}
	}
	fmt.Fprintf(&c.b, `<path class="%s" d="%s"/>`, l.class, d.String())
}

func (c *chart) legend(lines []line) {
	x := plotLeft
	for _, l := range slices.Backward(lines) {
		name := l.name
		if len(l.points) == 0 {
			name += " (not known)"
		}
		fmt.Fprintf(&c.b, `<path class="%s" d="M%d %dh24"/>`, l.class, x, chartHeight-10)
		c.text("", "start", x+28, chartHeight-6, name)
		x += 138
	}
}

// describe is what a screen reader says.
func describe(r incident.CheckResult) string {
	const longest = 1024
	var b strings.Builder
	b.WriteString("Verdict " + r.Verdict.String() + ", proposed: " + r.Reason + ".")
	for _, v := range []struct {
		name string
		incident.Measured
	}{{"now", r.Value}, {"yesterday", r.Yesterday}, {"last week", r.LastWeek}} {
		value := "not known"
		if v.Known {
			value = strings.TrimSpace(Number(v.Value) + " " + r.Unit)
		}
		b.WriteString(" " + v.name + ": " + value + ".")
	}
	if !r.Began.IsZero() {
		b.WriteString(" It began at " + r.Began.UTC().Format("15:04") + " UTC, proposed.")
	}
	return escape(b.String(), longest)
}

func label(text string) string { return escape(text, longestLabel) }

// escape bounds a text in characters and makes it one of XML.
func escape(text string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == most {
			b.WriteString("…")
			break
		}
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '"':
			b.WriteString("&quot;")
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r), r == utf8.RuneError, r == '\uFFFE', r == '\uFFFF':
			continue
		default:
			b.WriteRune(r)
		}
		n++
	}
	return b.String()
}
