package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

const head = `<!-- Written by make generate from the protos and the rules. Do not edit. -->
# Events

Everything that happens is an event in the log, and nothing else is kept. This page
lists every type: what it says, and who may cause it. It is written from the protos
and from the rules themselves: who may do what is what the rules answered when they
were asked with every command in thousands of random histories.

*Facts* are ids, times, numbers and choices. *Content* is what people wrote or a
machine sent; a redaction takes it away and leaves the facts. Who did it, when it
happened and when it was written down stand in the envelope of every event, see
[the guide to verifying](guides/verify-offline.md). A reader that does not know a type
may pass over it if the type is *ignorable*; after any other it stops writing.

## The life of an incident

`

// write writes the page.
func write(w io.Writer, types []eventType, r rules) error {
	if err := complete(types); err != nil {
		return err
	}
	slices.SortStableFunc(types, func(a, b eventType) int { return strings.Compare(place(a), place(b)) })
	p := page{w: w, rules: r}
	p.print("%s", head)
	p.diagram()
	p.print("\nEvery state of an incident, with the commands that lead from one to the next. An\nincident that was merged goes on as another one; its own log stays as it is.\n")
	area := ""
	for _, e := range types {
		if e.area() != area {
			area = e.area()
			p.print("\n## %s\n", title(area))
		}
		p.event(e)
	}
	p.print("\n## Values\n")
	for _, d := range mentioned(types) {
		p.value(d)
	}
	return p.err
}

// place orders areas by name, incidents first.
func place(e eventType) string {
	if e.area() == "incident" {
		return ""
	}
	return e.area()
}

// complete refuses a page that would not tell everything.
func complete(types []eventType) error {
	described := map[string]bool{}
	for _, e := range types {
		described[e.name] = true
		if e.says == "" {
			return fmt.Errorf("the comment of %s does not say what happened, as in \"is the facts of %s: it was …\"", e.name, e.name)
		}
	}
	for _, name := range incident.Types() {
		if !described[name] {
			return fmt.Errorf("no message says in its comment that it \"is the facts of %s: …\" or \"is the content of …\"", name)
		}
	}
	return nil
}

type page struct {
	w     io.Writer
	rules rules
	err   error
}

func (p *page) print(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// diagram draws the moves between statuses.
func (p *page) diagram() {
	commands := map[[2]string][]string{}
	var edges [][2]string
	merges := false
	for _, m := range p.rules.Moves {
		from, to := m.From.String(), m.To.String()
		if m.From == incident.StatusUnknown {
			from = "[*]"
		}
		if m.Merged {
			merges = true
			to = "merged"
		}
		edge := [2]string{from, to}
		if commands[edge] == nil {
			edges = append(edges, edge)
		}
		commands[edge] = append(commands[edge], m.Command)
	}
	p.print("```mermaid\nstateDiagram-v2\n")
	for _, edge := range edges {
		p.print("    %s --> %s: %s\n", edge[0], edge[1], strings.Join(commands[edge], ", "))
	}
	if merges {
		p.print("    merged --> [*]\n")
	}
	p.print("```\n")
}

func (p *page) event(e eventType) {
	p.print("\n### %s\n\n%s", e.name, sentence(e.says))
	if sample := sampleOf(e.name); sample != nil && incident.Ignorable(sample) {
		p.print(" Ignorable.")
	}
	p.print("\n")
	p.causes(e)
	if e.facts == nil && e.content == nil {
		return
	}
	if count(e.facts)+count(e.content) == 0 {
		return
	}
	p.print("\n| part | field | type | what it says |\n|---|---|---|---|\n")
	p.fields("facts", e.facts)
	p.fields("content", e.content)
}

func count(m protoreflect.MessageDescriptor) int {
	if m == nil {
		return 0
	}
	return m.Fields().Len()
}

func (p *page) fields(part string, m protoreflect.MessageDescriptor) {
	for i := range count(m) {
		f := m.Fields().Get(i)
		p.print("| %s | `%s` | %s | %s |\n", part, f.Name(), typeOf(f), cell(comment(f)))
	}
}

// causes says who may cause an event.
func (p *page) causes(e eventType) {
	caused := false
	for _, c := range p.rules.Causes {
		if c.Event == e.name {
			caused = true
			p.print("\nCaused by `%s`: %s.", c.Command, standings(c))
			if says := p.rules.says[c.Command]; says != "" {
				p.print(" It %s", says)
			}
			p.print("\n")
		}
	}
	if !caused && e.area() == "incident" {
		p.print("\nNo command of people was seen to cause it.\n")
	}
	var calls []string
	for _, c := range e.through {
		calls = append(calls, fmt.Sprintf("`%s` (%s)", c.name, auth.RoleName(c.role)))
	}
	if len(calls) > 0 {
		p.print("\nWritten through %s.\n", strings.Join(calls, ", "))
	}
}

// standings says who may give a command: those whom it was never refused, then those
// who may in some cases.
func standings(c incidenttest.Cause) string {
	if slices.Contains(c.Always, incidenttest.Anyone) {
		return string(incidenttest.Anyone)
	}
	words := join(c.Always)
	if len(c.Partly) > 0 {
		words += "; in some cases " + join(c.Partly)
	}
	return words
}

func join(all []incidenttest.Standing) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}

func (p *page) value(d protoreflect.Descriptor) {
	p.print("\n### %s\n\n%s\n", d.Name(), sentence(strings.TrimPrefix(comment(d), string(d.Name())+" ")))
	switch d := d.(type) {
	case protoreflect.EnumDescriptor:
		p.print("\n| value | number | meaning |\n|---|---|---|\n")
		for i := range d.Values().Len() {
			v := d.Values().Get(i)
			p.print("| `%s` | %d | %s |\n", v.Name(), v.Number(), cell(comment(v)))
		}
	case protoreflect.MessageDescriptor:
		p.print("\n| field | type | what it says |\n|---|---|---|\n")
		for i := range d.Fields().Len() {
			f := d.Fields().Get(i)
			p.print("| `%s` | %s | %s |\n", f.Name(), typeOf(f), cell(comment(f)))
		}
	default:
	}
}

func sampleOf(name string) incident.Event {
	for _, e := range incidenttest.Samples() {
		if e.Type() == name {
			return e
		}
	}
	return nil
}

func title(area string) string {
	if area == "catalog" {
		return "The catalog"
	}
	return strings.ToUpper(area[:1]) + area[1:] + "s"
}

// sentence begins with a capital letter and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + strings.TrimSuffix(s[1:], ".") + "."
}

// cell is text inside a table.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "<", "&lt;").Replace(s) }
