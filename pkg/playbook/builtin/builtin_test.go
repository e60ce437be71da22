package builtin_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/playbook/builtin"
)

func ExampleFiles() {
	names, err := fs.Glob(builtin.Files(), "*.yaml")
	fmt.Println(strings.Join(names, " "), err)
	// Output:
	// calendars.yaml categories.yaml checklists.yaml clocks.yaml regulations.yaml roles.yaml severities.yaml templates.yaml <nil>
}

// People read these files first: each begins by saying what it is.
func TestEveryFileExplainsItself(t *testing.T) {
	names, err := fs.Glob(builtin.Files(), "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(builtin.Files(), name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), "# ") {
			t.Errorf("%s does not say what it is", name)
		}
		for i, line := range strings.Split(string(data), "\n") {
			if strings.HasPrefix(line, "#") && len(line) > 90 || strings.HasSuffix(line, " ") {
				t.Errorf("%s:%d is long or ends with a space", name, i+1)
			}
		}
	}
	law, err := fs.ReadFile(builtin.Files(), "regulations.yaml")
	if err != nil || !strings.Contains(string(law), "NOT LEGAL ADVICE") {
		t.Errorf("the laws do not say that they are no advice: %v", err)
	}
}
