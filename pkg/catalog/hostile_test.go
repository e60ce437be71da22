package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// What somebody sends by mistake or by intent is refused, and what is said about it
// is bounded. Work that grows with the square of a document's size would keep this
// test from ending.
func TestHostileApplies(t *testing.T) {
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format+"\n---\n", i)
		}
		return b.String()
	}
	dangling := strings.TrimSuffix(strings.Repeat("nowhere, ", 100), ", ")
	for name, c := range map[string]struct{ documents, why string }{
		"everything dangles":   {repeat(2000, "{kind: Service, name: s%d, spec: {depends_on: ["+dangling+"]}}"), "unknown_reference"},
		"thousands of one":     {repeat(5000, "{kind: Severity, name: s%d, spec: {severity: SEV-1}}"), "described_twice"},
		"thousands of a role":  {repeat(5000, "{kind: Role, name: r%d, spec: {role: scribe}}"), "described_twice"},
		"one address for all":  {repeat(5000, "{kind: Person, name: p%d, spec: {email: a@example.org}}"), "email_taken"},
		"a long way round":     {repeat(3000, "{kind: Team, name: t%[1]d, spec: {parent: t0}}"), "circle"},
		"a long text":          {"{kind: Service, name: s, spec: {description: " + strings.Repeat("x", 1<<20) + "}}", "invalid_field"},
		"a long name":          {"{kind: Service, name: " + strings.Repeat("x", 1<<20) + "}", "not_a_name"},
		"a template of braces": {"{kind: Template, name: t, spec: {use: debrief, body: '" + strings.Repeat("{{", 16000) + "'}}", "bad_template"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			resources := b.parse(c.documents)
			_, err := catalog.Plan(nil, resources, b.options)
			violations, ok := err.(catalog.Violations) //nolint:errorlint // documented to be this type
			if !ok || violations[0].Reason != c.why {
				t.Fatalf("got %.200v, want %s", err, c.why)
			}
			if len(violations) > 1000 || len(err.Error()) > 5000 {
				t.Errorf("%d violations in %d bytes", len(violations), len(err.Error()))
			}
		})
	}
}

func TestDocumentsWithEverythingWrong(t *testing.T) {
	_, err := catalog.Parse("f.yaml", []byte("kind: Service\nname: a\nspec:\n"+strings.Repeat("  ? [x]\n  : y\n", 50_000)))
	violations, ok := err.(catalog.Violations) //nolint:errorlint // documented to be this type
	if !ok || len(violations) == 0 || len(violations) > 1000 {
		t.Errorf("%d violations, %.200v", len(violations), err)
	}
}
