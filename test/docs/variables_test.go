package docs_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/test/system"
)

var update = flag.Bool("update", false, "write the table of variables anew")

// TestVariablesOfTemplatesAreDocumented compares the guide's table with the code, or
// writes it with -update.
func TestVariablesOfTemplatesAreDocumented(t *testing.T) {
	t.Parallel()
	const (
		guide = "docs/guides/playbook.md"
		begin = "|---|---|---|\n"
		end   = "<!-- end of variables -->"
	)
	var table strings.Builder
	for _, v := range template.Variables() {
		meaning := v.Meaning
		if more := v.InDocument(); more != "" {
			meaning += "; in a post-mortem " + more
		}
		if v.Given {
			meaning += "; *given*"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", v.Name, v.For(), meaning)
	}
	content := string(read(t, guide))
	head, rest, found := strings.Cut(content, "<!-- variables:")
	title, rest, begun := strings.Cut(rest, begin)
	old, tail, ended := strings.Cut(rest, end)
	switch {
	case !found || !begun || !ended:
		t.Fatalf("%s has no table of variables", guide)
	case old == table.String():
	case *update:
		content = head + "<!-- variables:" + title + begin + table.String() + end + tail
		if err := os.WriteFile(filepath.Join(system.Root(), guide), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s does not document the variables as they are: run go test ./test/docs -run Variables -update", guide)
	}
}
