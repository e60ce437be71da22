package postmortem_test

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	gtext "github.com/yuin/goldmark/text"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/services/timeline/internal/postmortem"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

func TestContainLeavesHonestTextAlone(t *testing.T) {
	for _, s := range []string{
		"", "plain", "a < b && b > c", "*emphasis* and `kubectl get <pod>`", "```\n<div>\n```",
		"- one\n- two", "[runbook](https://example.org/a?b=c)", "<https://example.org>", "> quoted",
	} {
		if got := postmortem.Contain(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

func TestContainTakesPowerAway(t *testing.T) {
	for s, want := range map[string]string{
		"<script>alert(1)</script>":          "&lt;script>alert(1)&lt;/script>",
		"see <b>this</b> and `<b>`":          "see &lt;b>this&lt;/b> and `<b>`",
		"[x](javascript:alert(1))":           `\[x\](javascript:alert(1))`,
		"[a]: https://example.org\n\n[a]":    "\\[a\\]: https://example.org\n\n\\[a\\]",
		"![p](/metrics)":                     `!\[p\](/metrics)`,
		"<!-- hidden\n\nstill -->":           "&lt;!-- hidden\n\nstill -->",
		"\t<b>tabs are space</b>":            "&lt;b>tabs are space&lt;/b>",
		"one\r\ntwo\x00":                     "one\ntwo",
		"<javascript:alert(1)>":              "&lt;javascript:alert(1)>",
		"[m](data:text/html;base64,PHNjcj4)": `\[m\](data:text/html;base64,PHNjcj4)`,
	} {
		if got := postmortem.Contain(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}

func TestInlineBeginsNothing(t *testing.T) {
	for s, want := range map[string]string{
		"- a": `\- a`, "+ a": `\+ a`, "===": `\===`, "---": `\---`, "1. a": `1\. a`, "2) a": `2\) a`, "# a": `\# a`,
		"2026-11-24": "2026-11-24", "a - b": "a - b", "1.5 s": `1\.5 s`,
	} {
		if got := postmortem.Inline(s); got != want {
			t.Errorf("%q became %q, want %q", s, got, want)
		}
	}
}

func TestPlainHasNoMarkup(t *testing.T) {
	if got, want := postmortem.Plain("a|b\n*c* <d> [e]"), `a\|b \*c\* \<d\> \[e\]`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// dangers parses a document as a page would and lists what is not harmless.
func dangers(document string) []string {
	source := []byte(document)
	var found []string
	tree := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(gtext.NewReader(source))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.RawHTML, *ast.HTMLBlock:
			found = append(found, n.Kind().String())
		case *ast.Link:
			if strings.Contains(strings.ToLower(string(n.Destination)), "script:") {
				found = append(found, string(n.Destination))
			}
		case *ast.Heading:
			if n.Level == 1 && n.Parent() == tree {
				found = append(found, "heading")
			}
		}
		return ast.WalkContinue, nil
	})
	return found
}

// everywhere puts what people wrote where a careless template might: into raw HTML,
// code, tables, lists, quotes, and below a line that could become a heading.
const everywhere = `<details><summary>{{title}}</summary>
{{timeline}}
</details>

<!-- {{severity}} {{summary}} -->

A line
{{category}}

| a | b |
|---|---|
| {{status}} | {{summary}} |

- {{services}} {{timeline}}
> {{summary}}

~~~
{{summary}}
{{remedy}}
~~~

<div title="{{cause}}">
{{customer_updates}}
{{facts}} {{people}}

## {{title}}
    {{summary}}
{{blast_radius | <b>none</b>}}`

// FuzzNothingEscapes: whatever people write, the document has its one title and
// no HTML.
func FuzzNothingEscapes(f *testing.F) {
	for _, seed := range []string{
		"<script>", "```\n<b>", "    <b>", "\t<b>", "[a]: javascript:x", "# title", "a\n===", "<!--", "- \n\n  <b>",
		"[a](javascript:b)", "`<b>", "|a|\n|-|\n|<b>|", "<<b>b>", "\\<b>", "&lt;b>", "~~~\n<b>\n~~~", ">", "1. <i>", "<a\nb='c'>",
	} {
		f.Add(seed, seed)
	}
	clumsy := text(f, "{{incident}} {{title}}", everywhere)
	f.Fuzz(func(t *testing.T, title, body string) {
		v := &view.View{}
		for n, e := range []incident.Event{
			incident.Declared{Number: 1, Title: title, Summary: body, Services: []string{title}},
			incident.NoteAdded{Text: body, Author: title},
			incident.UpdatePosted{Text: title + "\n" + body},
			incident.PublicUpdatePublished{UpdateID: "u", Message: body},
			incident.AlertLinked{AlertID: "a", Title: title, Source: "s"},
		} {
			r := incident.Recorded{Event: e, Meta: incident.Meta{Revision: uint64(n) + 1, Actor: incident.PersonID(title), OccurredAt: noon}}
			if err := v.Apply(r); err != nil {
				t.Fatal(err)
			}
		}
		o := postmortem.Options{
			Now: noon, Name: func(p incident.PersonID) string { return string(p) }, Other: func(id incident.ID) string { return string(id) },
		}
		o.Words = func(names []string) template.Values {
			values := template.Values{}
			for _, name := range names {
				values[name] = title
			}
			return values
		}
		for name, text := range map[string]postmortem.Text{"built in": builtIn(), "a team's own": clumsy} {
			o.Text = text
			document := write(t, v, o)
			if found := dangers(document); len(found) != 1 || found[0] != "heading" {
				t.Errorf("%s: found %v in:\n%s", name, found, document)
			}
		}
	})
}
