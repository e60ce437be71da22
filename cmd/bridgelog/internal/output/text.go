package output

import (
	"bytes"
	"strings"

	"github.com/mattn/go-runewidth"
)

// textual writes blocks for a terminal.
type textual struct {
	out    *bytes.Buffer
	colour bool
	width  int
}

func (t textual) blocks(blocks []Block) {
	for i, b := range blocks {
		switch b := b.(type) {
		case Line:
			t.line(b)
		case Fields:
			t.fields(b)
		case Heading:
			if i > 0 {
				t.out.WriteByte('\n')
			}
			t.out.WriteString(t.paint(T(Strong, OneLine(string(b)))) + "\n")
		case Text:
			t.text(string(b))
		case Rows:
			t.rows(b)
		}
	}
}

func (t textual) line(cells Line) {
	var parts []string
	for _, c := range cells {
		if c.Text = OneLine(c.Text); c.Text != "" {
			parts = append(parts, t.paint(c))
		}
	}
	t.out.WriteString(strings.Join(parts, " ") + "\n")
}

func (t textual) fields(fields Fields) {
	width := 0
	for _, f := range fields {
		if f.Value.Text != "" {
			width = max(width, runewidth.StringWidth(f.Name))
		}
	}
	for _, f := range fields {
		if f.Value.Text == "" {
			continue
		}
		f.Value.Text = OneLine(f.Value.Text)
		t.out.WriteString("  " + t.paint(T(Dim, pad(f.Name, width))) + "  " + t.paint(f.Value) + "\n")
	}
}

func (t textual) text(text string) {
	for line := range strings.Lines(strings.TrimRight(Clean(text), "\n ") + "\n") {
		t.out.WriteString(strings.TrimRight("    "+line, " \n") + "\n")
	}
}

func (t textual) rows(rows Rows) {
	if len(rows.Rows) == 0 {
		if rows.Empty != "" {
			t.out.WriteString(rows.Empty + "\n")
		}
		return
	}
	widths := t.widths(rows)
	header := make([]Cell, len(rows.Columns))
	for i, c := range rows.Columns {
		header[i] = T(Dim, strings.ToUpper(c))
	}
	t.row(header, widths)
	for _, row := range rows.Rows {
		t.row(row, widths)
	}
}

// left is the width of a column that is left out.
const left = -1

// widths finds each column's width. What the terminal does not have is taken from
// the shrinking column; when that is not enough, columns are left out.
func (t textual) widths(rows Rows) []int {
	widths := make([]int, len(rows.Columns))
	over := -2 - t.width
	for i, title := range rows.Columns {
		widths[i] = runewidth.StringWidth(title)
		for _, row := range rows.Rows {
			widths[i] = max(widths[i], runewidth.StringWidth(OneLine(row[i].Text)))
		}
		over += widths[i] + 2
	}
	if t.width == 0 || over <= 0 {
		return widths
	}
	shrink := len(widths) - 1
	if rows.Shrink > 0 {
		shrink = rows.Shrink - 1
	}
	const least = 12
	give := widths[shrink] - min(least, widths[shrink])
	for _, column := range rows.Drop {
		if over <= give {
			break
		}
		over -= widths[column-1] + 2
		widths[column-1] = left
	}
	widths[shrink] -= max(0, min(give, over))
	return widths
}

func (t textual) row(cells []Cell, widths []int) {
	var b strings.Builder
	for i, c := range cells {
		if widths[i] == left {
			continue
		}
		c.Text = OneLine(c.Text)
		if runewidth.StringWidth(c.Text) > widths[i] {
			c.Text = runewidth.Truncate(c.Text, widths[i], "…")
		}
		if i < len(cells)-1 {
			c.Text = pad(c.Text, widths[i]) + "  "
		}
		b.WriteString(t.paint(c))
	}
	t.out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
}

func pad(s string, width int) string { return runewidth.FillRight(s, width) }

// paint colours a cell. Trailing space stays outside, so that lines can be cut.
func (t textual) paint(c Cell) string {
	code := c.Tone.code()
	if !t.colour || code == "" {
		return c.Text
	}
	body := strings.TrimRight(c.Text, " ")
	if body == "" {
		return c.Text
	}
	return "\x1b[" + code + "m" + body + "\x1b[0m" + c.Text[len(body):]
}

// code is the ANSI code of a tone, from the 16 colours that every terminal has.
func (t Tone) code() string {
	switch t {
	case Dim:
		return "2"
	case Strong:
		return "1"
	case Good:
		return "32"
	case Warn:
		return "33"
	case Bad:
		return "1;31"
	default:
		return ""
	}
}
