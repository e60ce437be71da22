package docs_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/docs"
)

// fences writes a document with ~ in the place of the fences' backticks.
func fences(document string) []byte { return []byte(strings.ReplaceAll(document, "~", "`")) }

func TestBlocksSayWhatBecomesOfThem(t *testing.T) {
	t.Parallel()
	got, err := docs.Blocks(fences("# Title\n\n~~~sh\nbridgelog list\n~~~\n\n~~~output\nnothing\n~~~\n\n" +
		"~~~sh skip=\"takes minutes\"\nmake test\n~~~\n\n~~~yaml file=a.yaml\nkind: person\n~~~\n\n- in a list\n\n  ~~~text\n  a\n  b\n  ~~~\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []docs.Block{
		{Line: 4, Language: "sh", Text: "bridgelog list\n"},
		{Line: 8, Language: "output", Text: "nothing\n"},
		{Line: 12, Language: "sh", Skip: "takes minutes", Text: "make test\n"},
		{Line: 16, Language: "yaml", File: "a.yaml", Text: "kind: person\n"},
		{Line: 22, Language: "text", Text: "a\nb\n"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestBlocksRefuseWhatIsNotMarked(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"no language":           "~~~\nls\n~~~\n",
		"a skip without reason": "~~~sh skip=\"\"\nls\n~~~\n",
		"a skip of no script":   "~~~yaml skip=\"why\"\na: b\n~~~\n",
		"an unknown mark":       "~~~sh norun\nls\n~~~\n",
		"an unknown attribute":  "~~~sh user=root\nls\n~~~\n",
		"output of nothing":     "~~~output\nls\n~~~\n",
		"output of a skipped":   "~~~sh skip=\"why\"\nls\n~~~\n\n~~~output\nls\n~~~\n",
	} {
		if blocks, err := docs.Blocks(fences(document)); err == nil {
			t.Errorf("%s: accepted as %+v", name, blocks)
		}
	}
}

func TestLinksAreThoseWithinTheRepository(t *testing.T) {
	t.Parallel()
	got, err := docs.Links([]byte("[a](docs/a.md#part) [b](https://example.org) [c](#here) ![d](d.png) [e](mailto:e@example.org)\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"docs/a.md", "d.png"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMatchesComparesShownAndPrinted(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown, printed string
		want           bool
	}{
		{"INC-1  SEV-1", "INC-1  SEV-1  \n", true},
		{"INC-… declared at …", "INC-41 declared at 14:05\n", true},
		{"first\n…\nlast", "first\nsecond\nthird\nlast\n", true},
		{"first\n…\nlast", "first\nlast\n", true},
		{"first", "first\nsecond\n", false},
		{"second", "first\nsecond\n", false},
		{"a.c", "abc\n", false},
		{"one … line", "one\nline\n", false},
	} {
		if got := docs.Matches(c.shown, c.printed); got != c.want {
			t.Errorf("Matches(%q, %q) = %v", c.shown, c.printed, got)
		}
	}
}
