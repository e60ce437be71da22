package template_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/playbook/template"
)

// document fills in a document in which only the title, the timeline and the facts are
// known.
func document(t *testing.T, text string) string {
	t.Helper()
	parsed, err := template.Parse(text, template.Reviewers)
	if err != nil {
		t.Fatal(err)
	}
	got, err := parsed.RenderDocument(template.Values{"title": "It broke", "timeline": "### Monday\n\n- declared", "facts": "| a |\n"})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDocuments(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a section":              {"## A\n\n{{timeline}}\n\n## B\nx", "## A\n\n### Monday\n\n- declared\n\n## B\nx\n"},
		"a value's last line":    {"{{facts}}\n\nb", "| a |\n\n\nb\n"},
		"an empty section":       {"a\n\n## A\n\n{{tasks |}}\n\n## B\n\nx\n", "a\n\n## B\n\nx\n"},
		"the last one":           {"## B\n\nx\n\n## A\n\n{{tasks |}}", "## B\n\nx\n"},
		"two variables":          {"## A\n{{tasks |}}\n{{debriefs |}}\n## B", "## B\n"},
		"one has something":      {"## A\n{{tasks |}}\n{{title |}}\n## B", "## A\nIt broke\n## B\n"},
		"with words":             {"## A\n{{tasks |}}\n_Which?_\n## B", "## A\n_Which?_\n## B\n"},
		"words instead":          {"## A\n{{tasks | none}}\n## B", "## A\nnone\n## B\n"},
		"for people":             {"## A\n\n## B\n\n", "## A\n\n## B\n"},
		"subsections":            {"## A\n### B\n{{tasks |}}\n### C\n{{debriefs |}}\n## D", "## D\n"},
		"one subsection":         {"## A\n### B\n{{tasks |}}\n### C\nx\n## D", "## A\n### C\nx\n## D\n"},
		"an empty line":          {"## A\n\n{{tasks |}}\n\n> Write.\n", "## A\n\n> Write.\n"},
		"an empty line below":    {"a\n{{tasks |}}\n\nb", "a\n\nb\n"},
		"the title stays":        {"# {{title}}\n\n{{tasks |}}\n", "# It broke\n"},
		"no title":               {"# A\n{{tasks |}}\n", "# A\n"},
		"a comment in code":      {"## A\n```sh\n# {{tasks |}}\n## b\n{{tasks |}}\n```\n", "## A\n```sh\n# \n## b\n```\n"},
		"a heading of a value":   {"## A\n{{timeline}}\n{{tasks |}}\n", "## A\n### Monday\n\n- declared\n"},
		"a heading with a value": {"## A\n\n## {{title}}\n{{tasks |}}\n", "## A\n"},
		"unknown":                {"Cause: {{cause}}, {{workaround}}", "Cause: *not known*, *to be written: what customers can do meanwhile*\n"},
		"given, known elsewhere": {"{{impact}}", "*to be written: what customers notice, as whoever publishes writes it*\n"},
		"no heading":             {"#hashtag {{tasks |}}\n", "#hashtag \n"},
		"nothing":                {"{{tasks |}}", "\n"},
	} {
		if got := document(t, c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestDocumentsAreBounded(t *testing.T) {
	long := template.Values{"timeline": strings.Repeat("x", 3*template.MaxBytes)}
	once, _ := template.Parse("{{timeline}}", template.Reviewers)
	if got, err := once.RenderDocument(long); err != nil || len(got) != 3*template.MaxBytes+1 {
		t.Errorf("a long incident has a document of %d bytes, %v", len(got), err)
	}
	twice, _ := template.Parse("{{timeline}}{{timeline}}", template.Reviewers)
	if _, err := twice.RenderDocument(long); !errors.Is(err, template.ErrTooLong) {
		t.Errorf("twice: %v", err)
	}
}

func TestValuesOfDocumentsAreNotTemplates(t *testing.T) {
	parsed, _ := template.Parse("## A\n{{title}}", template.Reviewers)
	got, err := parsed.RenderDocument(template.Values{"title": "{{facts}}", "facts": "secret"})
	if err != nil || got != "## A\n{{facts}}\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

func ExampleTemplate_RenderDocument() {
	t, err := template.Parse("# {{title}}\n\n## Tasks\n\n{{tasks |}}\n\n## Lessons\n", template.Reviewers)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.RenderDocument(template.Values{"title": "Checkout returns 502"}))
	// Output:
	// # Checkout returns 502
	//
	// ## Lessons
	//  <nil>
}
