package template_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/playbook/template"
)

func TestRender(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":         {"", ""},
		"no variable":     {"Hello }} { {", "Hello }} { {"},
		"variables":       {"{{incident}}: {{ title }}!", "INC-7: It broke!"},
		"twice":           {"{{title}} {{title}}", "It broke It broke"},
		"otherwise":       {"by {{scribe | nobody yet}}", "by nobody yet"},
		"not otherwise":   {"{{incident | none}}", "INC-7"},
		"nothing instead": {"[{{scribe|}}]", "[]"},
		"braces":          {`\{{title}} {{title}}`, "{{title}} It broke"},
		"lines":           {"a\n{{title}}\nb\n", "a\nIt broke\nb\n"},
	} {
		parsed, err := template.Parse(c.text, template.Team)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := parsed.Render(template.Values{"incident": "INC-7", "title": "It broke", "unused": "x"})
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestMissingVariablesAreNamed(t *testing.T) {
	parsed, err := template.Parse("{{commander}} {{title}} {{scribe | nobody}} {{commander}} {{status}}", template.Team)
	if err != nil {
		t.Fatal(err)
	}
	_, err = parsed.Render(template.Values{"title": "x", "status": ""})
	var missing *template.MissingError
	if !errors.As(err, &missing) || strings.Join(missing.Names, " ") != "commander status" {
		t.Fatalf("got %v", err)
	}
	if got := err.Error(); !strings.Contains(got, "{{commander}}, {{status}} have no values") {
		t.Errorf("it says %q", got)
	}
	if got := strings.Join(parsed.Names(), " "); got != "commander title scribe status" {
		t.Errorf("names are %s", got)
	}
}

func TestTextsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		audience template.Audience
		line     int
		say      string
	}{
		"unknown":            {"a\nb {{titel}}", template.Team, 2, "no variable {{titel}}"},
		"no name":            {"{{ }}", template.Team, 1, "needs a name"},
		"not closed":         {"\n\n{{title", template.Team, 3, "not closed"},
		"nested":             {"{{title {{status}}", template.Team, 1, "not closed"},
		"a function":         {`{{printf "%s" title}}`, template.Team, 1, "no variable"},
		"a field":            {"{{.Title}}", template.Team, 1, "no variable"},
		"a condition":        {"{{if title}}x{{end}}", template.Team, 1, "no variable"},
		"only a document's":  {"{{facts}}", template.Team, 1, "only for post-mortems"},
		"nor customers'":     {"{{facts}}", template.Customers, 1, "not for customers"},
		"not for customers":  {"{{hypotheses}}", template.Customers, 1, "not for customers"},
		"nor with a way out": {"{{commander | x}}", template.Customers, 1, "not for customers"},
	} {
		_, err := template.Parse(c.text, c.audience)
		var problem *template.Problem
		if !errors.As(err, &problem) || problem.Line != c.line || !strings.Contains(problem.Message, c.say) {
			t.Errorf("%s: got %v, want line %d and %q", name, err, c.line, c.say)
		}
	}
}

func TestValuesAreNotTemplates(t *testing.T) {
	parsed, err := template.Parse("{{message}} {{title}}", template.Team)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parsed.Render(template.Values{"message": "{{title}} \\{{", "title": "secret"})
	if err != nil || got != "{{title}} \\{{ secret" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTextsAreBounded(t *testing.T) {
	parsed, err := template.Parse(strings.Repeat("{{timeline}}", 2000), template.Team)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parsed.Render(template.Values{"timeline": strings.Repeat("x", 1000)}); !errors.Is(err, template.ErrTooLong) {
		t.Errorf("two million bytes: %v", err)
	}
	if text, err := parsed.Render(template.Values{"timeline": strings.Repeat("x", 500)}); err != nil || len(text) != 1_000_000 {
		t.Errorf("a million bytes: %d, %v", len(text), err)
	}
}

func TestEveryVariableIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range template.Variables() {
		if v.Meaning == "" || v.Example == "" || seen[v.Name] || strings.Trim(v.Name, "abcdefghijklmnopqrstuvwxyz_") != "" {
			t.Errorf("variable %+v", v)
		}
		seen[v.Name] = true
		parsed, err := template.Parse("{{"+v.Name+"}}", template.Reviewers)
		if err != nil || parsed.Preview() != v.Example {
			t.Errorf("%s is previewed as %q, %v", v.Name, parsed.Preview(), err)
		}
		if _, err := template.Parse("{{"+v.Name+"}}", template.Customers); (err == nil) != v.Public {
			t.Errorf("%s for customers: %v", v.Name, err)
		}
		if _, err := template.Parse("{{"+v.Name+"}}", template.Team); (err == nil) != !v.Document {
			t.Errorf("%s for the team: %v", v.Name, err)
		}
		want := map[[2]bool]string{{true, false}: "everybody", {false, false}: "team", {false, true}: "post-mortem"}
		if v.For() != want[[2]bool{v.Public, v.Document}] {
			t.Errorf("%s is for %s", v.Name, v.For())
		}
	}
}

// Whatever text is read, rendering it gives only what stands in it and in values.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"{{title}}", `\{{`, "{{title|}}", "{{{{}}", "a {{ now | later }} b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := template.Parse(text, template.Customers)
		if err != nil {
			var problem *template.Problem
			if !errors.As(err, &problem) || problem.Line < 1 || problem.Message == "" {
				t.Fatalf("got %T %v", err, err)
			}
			return
		}
		_ = parsed.Preview()
		if _, err := parsed.Render(nil); err == nil && len(parsed.Names()) == 0 && !strings.Contains(text, `\{{`) {
			if got, _ := parsed.Render(nil); got != text {
				t.Fatalf("%q became %q", text, got)
			}
		}
	})
}

func ExampleTemplate_Render() {
	t, err := template.Parse("{{incident}} is {{severity}}. Scribe: {{scribe | nobody, who takes it?}}", template.Team)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Render(template.Values{"incident": "INC-41", "severity": "SEV-1"}))
	_, err = t.Render(template.Values{"incident": "INC-41"})
	fmt.Println(err)
	// Output:
	// INC-41 is SEV-1. Scribe: nobody, who takes it? <nil>
	// {{severity}} has no value: give it one, or write what to say without it, as in {{severity | not known yet}}
}
