package postmortem_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/postmortem"
)

// text is a template of a team.
func text(t testing.TB, title, body string) postmortem.Text {
	t.Helper()
	read, err := postmortem.Read(&catalogv1.TemplateSpec{Subject: title, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// by writes the post-mortem of the checkout by a template of a team.
func by(t *testing.T, title, body string) string {
	t.Helper()
	o := options()
	o.Text = text(t, title, body)
	o.Words = func([]string) template.Values { return template.Values{"severity": "SEV-3", "category": "a *change*"} }
	return write(t, checkout(t).v, o)
}

func TestTheTemplateDecides(t *testing.T) {
	got := by(t, "Learning from {{incident}}", `## What we do next

{{followups}}

## What was tried

{{hypotheses |}}

## Roles

{{people}}

## Kind

{{severity}}, {{category}}, {{cause}}

## Anything else?
`)
	want := `# Learning from INC-41

## What we do next

| Follow-up | What | Owner | Due | Type | Priority | Tracker | |
|---|---|---|---|---|---|---|---|
| F1 | Alert on \*pool\* size. | nobody | 2026-03-15 23:30:00 | detect | high | https://tracker.example/OPS\_7 | open |

## Roles

| Role | Held by | Since |
|---|---|---|
| commander | Ada Lovelace | 2026-03-01 23:45:00 |

On the timeline: alertmanager, Ada Lovelace, Bob\_\*.

## Kind

SEV-3, a \*change\*, *not known*

## Anything else?
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTitles(t *testing.T) {
	for name, c := range map[string]struct{ title, body, want string }{
		"a subject":        {"{{incident}}", "x", "# INC-41\n\nx\n"},
		"of the body":      {"{{incident}}", "# Ours\n\nx", "# Ours\n\nx\n"},
		"after a line":     {"{{incident}}", "\n\n# Ours\nx", "# Ours\n\nx\n"},
		"on several lines": {"a\nb", "x", "# a b\n\nx\n"},
		"none":             {"", "x", "x\n"},
		"not known":        {"{{cause}}", "x", "# *not known*\n\nx\n"},
	} {
		if got := by(t, c.title, c.body); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestWhatReadersHaveToKnowIsAlwaysSaid: a template that does not say what the document
// is cannot make a private incident look like another one.
func TestWhatReadersHaveToKnowIsAlwaysSaid(t *testing.T) {
	secret := begin(t).then("p-ada", incident.Declared{Number: 2, Title: "Slow", Status: incident.StatusTriage, Drill: true, Private: true})
	o := options()
	o.KnownAt = noon
	for _, c := range []struct{ title, body string }{{"{{title}}", "x"}, {"", "x"}, {"", "# {{title}}\nx"}, {"{{title}}", "{{about}}"}} {
		o.Text = text(t, c.title, c.body)
		got := write(t, secret.v, o)
		for _, want := range []string{"**As known at 2026-03-01 23:30:00:**", "**This was a drill.**", "**Private:**"} {
			if strings.Count(got, want) != 1 {
				t.Errorf("%q once in\n%s", want, got)
			}
		}
		if strings.Contains(c.title+c.body, "{{title}}") && !strings.HasPrefix(got, "# Slow\n\n") {
			t.Errorf("the title is not first:\n%s", got)
		}
	}
}

func TestHTMLOfATemplateIsShown(t *testing.T) {
	got := by(t, "", "<details>\n{{summary}}\n</details>\n\n`<b>` and [runbooks](/runbooks)\n")
	if found := dangers(got); len(found) != 0 || !strings.Contains(got, "&lt;details>") || !strings.Contains(got, "`<b>` and [runbooks](/runbooks)") {
		t.Errorf("%v in\n%s", found, got)
	}
}

func TestTextsThatAreRefused(t *testing.T) {
	for _, s := range []*catalogv1.TemplateSpec{{Body: "a\n{{titel}}"}, {Subject: "{{", Body: "x"}} {
		_, err := postmortem.Read(s)
		if _, ok := errors.AsType[*template.Problem](err); !ok {
			t.Errorf("%v: %v", s, err)
		}
	}
	o := options()
	o.Text = text(t, "", strings.Repeat("{{timeline}}", 2000))
	if _, err := postmortem.Write(checkout(t).v, o); !errors.Is(err, template.ErrTooLong) {
		t.Errorf("two thousand timelines: %v", err)
	}
}
