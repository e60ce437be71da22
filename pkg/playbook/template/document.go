package template

import (
	"regexp"
	"slices"
	"strings"
)

// RenderDocument fills in the values of a text in Markdown that is a document of
// sections. It differs from [Template.Render] in three things.
//
//   - A line that holds nothing but variables with nothing to say is left out, and a
//     section that holds nothing else, with its heading. A section without variables
//     stays: people fill it in.
//   - A variable without a value and without words to say instead is marked in the
//     text; the document is written all the same.
//   - A value that is used once may be as long as it is; what comes on top of that is
//     bounded by MaxBytes, and otherwise the error is [ErrTooLong].
func (t Template) RenderDocument(values Values) (string, error) {
	most := MaxBytes
	for _, name := range t.Names() {
		most += len(values[name])
	}
	lines, ok := t.lines(values, most)
	if !ok {
		return "", ErrTooLong
	}
	return together(withoutEmptySections(lines)), nil
}

// documentLine is one line of the template, filled in: a value may have several.
type documentLine struct {
	text strings.Builder
	// literal is what stands before the first variable.
	literal string
	// variables is how many it uses.
	variables int
	// level is that of the heading that it is; 0 for none.
	level int
}

func (l *documentLine) blank() bool { return strings.TrimSpace(l.text.String()) == "" }

// unfilled reports whether it only holds variables that have nothing to say.
func (l *documentLine) unfilled() bool { return l.variables > 0 && l.blank() }

// lines fills in; false when the text would be longer than most bytes.
func (t Template) lines(values Values, most int) ([]*documentLine, bool) {
	line := &documentLine{}
	all := []*documentLine{line}
	size := 0
	for _, p := range t.parts {
		if p.name != "" {
			said := p.said(values)
			line.text.WriteString(said)
			line.variables++
			size += len(said)
		}
		for n, text := range strings.Split(p.text, "\n") {
			if n > 0 {
				line = &documentLine{}
				all = append(all, line)
			}
			line.text.WriteString(text)
			if line.variables == 0 {
				line.literal += text
			}
		}
		if size += len(p.text); size > most {
			return nil, false
		}
	}
	findHeadings(all)
	return all, true
}

// said is what a variable says in a document.
func (p part) said(values Values) string {
	switch value := values[p.name]; {
	case value != "":
		return value
	case p.optional:
		return p.otherwise
	}
	if v, _ := Find(p.name); v.Given {
		return "*to be written: " + v.Meaning + "*"
	}
	return "*not known*"
}

var (
	headingLine = regexp.MustCompile(`^ {0,3}(#{1,6})(?:[ \t]|$)`)
	fenceLine   = regexp.MustCompile("^ {0,3}(```|~~~)")
)

// findHeadings says which lines are headings; those of code are none.
func findHeadings(lines []*documentLine) {
	fence := ""
	for _, l := range lines {
		if mark := fenceLine.FindStringSubmatch(l.literal); mark != nil {
			switch fence {
			case "":
				fence = mark[1]
			case mark[1]:
				fence = ""
			}
		}
		if heading := headingLine.FindStringSubmatch(l.literal); heading != nil && fence == "" {
			l.level = len(heading[1])
		}
	}
}

// withoutEmptySections leaves out sections that have only variables with nothing to
// say, from the last to the first: a section whose subsections are all left out goes
// with them. The title stays.
func withoutEmptySections(lines []*documentLine) []*documentLine {
	lost := map[*documentLine]bool{} // lost a subsection
	for i, heading := range slices.Backward(lines) {
		if heading.level < 2 {
			continue
		}
		end, unfilled, rest := i+1, lost[heading], false
		for ; end < len(lines) && lines[end].level == 0; end++ {
			unfilled = unfilled || lines[end].unfilled()
			rest = rest || !lines[end].blank()
		}
		sub := end < len(lines) && lines[end].level > heading.level
		if unfilled && !rest && !sub {
			if above := parent(lines[:i], heading.level); above != nil {
				lost[above] = true
			}
			lines = slices.Delete(lines, i, end)
		}
	}
	return lines
}

// parent is the heading of the section that a heading of a level would be in, after
// the lines; nil for none.
func parent(lines []*documentLine, level int) *documentLine {
	for _, l := range slices.Backward(lines) {
		if l.level > 0 && l.level < level {
			return l
		}
	}
	return nil
}

// together puts the lines together. Where one is left out between blank lines, one of
// these is enough.
func together(lines []*documentLine) string {
	var b strings.Builder
	afterBlank, skipBlank := true, false
	for _, l := range lines {
		switch {
		case l.unfilled():
			skipBlank = afterBlank
			continue
		case skipBlank && l.blank():
			continue
		}
		b.WriteString(l.text.String() + "\n")
		afterBlank, skipBlank = l.blank(), false
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
