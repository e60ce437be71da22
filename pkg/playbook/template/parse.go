package template

import (
	"fmt"
	"slices"
	"strings"
)

const (
	opening = "{{"
	closing = "}}"
	escaped = `\{{`
)

// Template is a text that was read. The zero Template is empty.
type Template struct {
	parts []part
}

// part is text, or a variable when name is set.
type part struct {
	text      string
	name      string
	otherwise string
	optional  bool // otherwise was given
}

// Problem is one thing that is wrong with a text.
type Problem struct {
	// Line counts from 1.
	Line int
	// Name is the variable, where it is about one.
	Name string
	// Message says what is wrong and what to do.
	Message string
}

// Error names the line.
func (p *Problem) Error() string { return fmt.Sprintf("line %d: %s", p.Line, p.Message) }

// Parse reads a text for an audience. The error is a [*Problem], the first.
func Parse(text string, audience Audience) (Template, error) {
	var t Template
	line := 1
	for text != "" {
		before, rest, found := strings.Cut(text, opening)
		line += strings.Count(before, "\n")
		if !found {
			t.add(part{text: before})
			break
		}
		if literal, ok := strings.CutSuffix(before, escaped[:1]); ok {
			t.add(part{text: literal + opening})
			text = rest
			continue
		}
		t.add(part{text: before})
		inside, after, closed := strings.Cut(rest, closing)
		if !closed || strings.Contains(inside, opening) {
			return Template{}, &Problem{Line: line, Message: `this {{ is not closed: end it with }}, or write \{{ for two braces`}
		}
		p, problem := variable(inside, audience)
		if problem != nil {
			problem.Line = line
			return Template{}, problem
		}
		t.add(p)
		line += strings.Count(inside, "\n")
		text = after
	}
	return t, nil
}

func (t *Template) add(p part) {
	if p.text != "" || p.name != "" {
		t.parts = append(t.parts, p)
	}
}

// variable reads what stands between the braces.
func variable(inside string, audience Audience) (part, *Problem) {
	name, otherwise, optional := strings.Cut(inside, "|")
	name = strings.TrimSpace(name)
	v, known := Find(name)
	switch {
	case !known:
		return part{}, &Problem{Name: name, Message: unknown(name, audience)}
	case audience == Customers && !v.allowed(audience):
		return part{}, &Problem{Name: name, Message: fmt.Sprintf("{{%s}} is not for customers: %s", name, offered(audience))}
	case !v.allowed(audience):
		return part{}, &Problem{Name: name, Message: fmt.Sprintf("{{%s}} is only for post-mortems: %s", name, offered(audience))}
	}
	return part{name: name, otherwise: strings.TrimSpace(otherwise), optional: optional}, nil
}

func unknown(name string, audience Audience) string {
	if name == "" {
		return "a variable needs a name: " + offered(audience)
	}
	const shown = 40
	return fmt.Sprintf("there is no variable {{%.*s}}: %s", shown, name, offered(audience))
}

func offered(audience Audience) string {
	var names []string
	for _, v := range Variables() {
		if v.allowed(audience) {
			names = append(names, v.Name)
		}
	}
	return "use one of " + strings.Join(names, ", ")
}

// Join returns one template after the other.
func Join(templates ...Template) Template {
	var all Template
	for _, t := range templates {
		all.parts = append(all.parts, t.parts...)
	}
	return all
}

// Names returns the variables that the text uses, in their order, each once.
func (t Template) Names() []string {
	var names []string
	for _, p := range t.parts {
		if p.name != "" && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	return names
}
