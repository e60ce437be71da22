package architecture_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/test/architecture"
)

func TestDomainIsPure(t *testing.T) {
	t.Parallel()
	holds(t, architecture.Purity)
}

func TestPurityFindsTheOutsideWorld(t *testing.T) {
	t.Parallel()
	finds(t, architecture.Purity, map[string]string{
		"pkg/incident/pure.go":        importing("strings"),
		"pkg/incident/own.go":         importing(architecture.Module + "pkg/incident/term"),
		"pkg/incident/later.go":       "package x\n\nimport \"time\"\n\nfunc f(t time.Time) time.Time { return t.Add(time.Hour) }\n",
		"pkg/incident/any_test.go":    importing("pgregory.net/rapid"),
		"pkg/eventlog/clock.go":       "package x\n\nimport \"time\"\n\nvar now = time.Now\n",
		"pkg/incident/library.go":     importing("github.com/google/uuid"),
		"pkg/incident/sibling.go":     importing(architecture.Module + "pkg/eventlog"),
		"pkg/incident/disk.go":        importing("os"),
		"pkg/incident/clock.go":       "package x\n\nimport \"time\"\n\nvar now = time.Now\n",
		"pkg/incident/deep/chance.go": importing("math/rand/v2"),
	},
		"pkg/incident/library.go", "pkg/incident/sibling.go", "pkg/incident/disk.go",
		"pkg/incident/clock.go", "pkg/incident/deep/chance.go",
	)
}
