package output

import (
	"bytes"
	"strings"
)

// markdown writes blocks as Markdown.
func markdown(out *bytes.Buffer, blocks []Block) {
	for i, b := range blocks {
		if i > 0 {
			out.WriteByte('\n')
		}
		switch b := b.(type) {
		case Line:
			markdownLine(out, b)
		case Fields:
			for _, f := range b {
				if f.Value.Text != "" {
					out.WriteString("- **" + escape(f.Name) + ":** " + escape(OneLine(f.Value.Text)) + "\n")
				}
			}
		case Heading:
			out.WriteString("## " + escape(OneLine(string(b))) + "\n")
		case Text:
			for line := range strings.Lines(strings.TrimRight(Clean(string(b)), "\n ") + "\n") {
				out.WriteString(strings.TrimRight("> "+line, " \n") + "\n")
			}
		case Rows:
			markdownRows(out, b)
		}
	}
}

func markdownLine(out *bytes.Buffer, cells Line) {
	var parts []string
	for _, c := range cells {
		text := escape(OneLine(c.Text))
		if c.Tone == Strong || c.Tone == Bad {
			text = "**" + text + "**"
		}
		if c.Text != "" {
			parts = append(parts, text)
		}
	}
	out.WriteString(strings.Join(parts, " ") + "\n")
}

func markdownRows(out *bytes.Buffer, rows Rows) {
	if len(rows.Rows) == 0 {
		if rows.Empty != "" {
			out.WriteString(rows.Empty + "\n")
		}
		return
	}
	line := func(cells []string) { out.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	titles, rule := make([]string, len(rows.Columns)), make([]string, len(rows.Columns))
	for i, c := range rows.Columns {
		titles[i], rule[i] = escape(c), "---"
	}
	line(titles)
	line(rule)
	for _, row := range rows.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = escape(OneLine(c.Text))
		}
		line(cells)
	}
}

// escape keeps text from being read as Markdown where that would change it.
func escape(s string) string {
	return strings.NewReplacer(
		`\`, `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "[", `\[`, "#", `\#`,
	).Replace(s)
}
