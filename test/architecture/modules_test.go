package architecture_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/test/architecture"
)

func TestWorkspaceHolds(t *testing.T) {
	t.Parallel()
	holds(t, architecture.Workspace)
}

func TestWorkspaceFindsStrayModules(t *testing.T) {
	t.Parallel()
	module := func(path, rest string) string {
		return "module " + architecture.Module + path + "\n\ngo 1.26\n" + rest
	}
	sibling := "require " + architecture.Module + "pkg v0.0.0\n"
	finds(t, architecture.Workspace, map[string]string{
		"go.work":                  "go 1.26\n\nuse (\n\t./pkg\n\t./services/command\n\t./services/intake\n\t./proto\n)\n",
		"pkg/go.mod":               module("pkg", ""),
		"services/command/go.mod":  module("services/command", sibling+"replace "+architecture.Module+"pkg => ../../pkg\n"),
		"tools/buf/go.mod":         module("tools/buf", ""),
		"services/intake/go.mod":   module("services/intake", sibling),
		"services/notifier/go.mod": module("services/notifier", ""),
		"proto/go.mod":             module("contracts", ""),
	},
		"services/intake/go.mod", "services/notifier/go.mod", "proto/go.mod",
	)
}

// TestModulesStandAlone builds every module without the workspace and asks go mod
// tidy whether its requirements are complete and needed, as someone who requires
// one of our modules would.
func TestModulesStandAlone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds every module")
	}
	modules, err := architecture.Modules(os.DirFS(root(t)))
	if err != nil {
		t.Fatal(err)
	}
	if len(modules) == 0 {
		t.Fatal("the workspace lists no module")
	}
	for _, module := range modules {
		t.Run(module, func(t *testing.T) {
			t.Parallel()
			alone(t, module, "mod", "tidy", "-diff")
			alone(t, module, "build", "./...")
		})
	}
}

// alone runs the go command in a module as if there were no workspace.
func alone(t *testing.T, module string, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Dir = filepath.Join(root(t), module)
	command.Env = append(os.Environ(), "GOWORK=off")
	if output, err := command.CombinedOutput(); err != nil {
		t.Errorf("go %v in %s: %v\n%s", arguments, module, err, output)
	}
}
