package deploy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// TestSettingsAreThePrograms finds variables that the files set and that the
// program does not know: it would pass them over without a word.
func TestSettingsAreThePrograms(t *testing.T) {
	t.Parallel()
	result := system.Run(t, nil, "config")
	if result.Code != 0 {
		t.Fatal(result)
	}
	known := map[string]bool{}
	for word := range strings.FieldsSeq(result.Stdout) {
		known[word] = strings.HasPrefix(word, "BRIDGELOG_")
	}

	used := map[string]string{}
	for name, service := range readCompose(t).Services {
		if _, ours := service.Runs(); !ours {
			continue
		}
		for variable := range service.Environment {
			used[variable] = "compose.yaml, " + name
		}
	}
	for _, instruction := range readDockerfile(t) {
		if instruction.Name != "ENV" {
			continue
		}
		for _, assignment := range instruction.Arguments() {
			if variable, _, _ := strings.Cut(assignment, "="); strings.HasPrefix(variable, "BRIDGELOG_") {
				used[variable] = "Dockerfile"
			}
		}
	}
	if len(used) == 0 {
		t.Fatal("found no setting")
	}
	for variable, place := range used {
		if !known[variable] {
			t.Errorf("%s sets %s, which is not a setting", place, variable)
		}
	}
}

// TestUnitStartsWhatExists runs the unit's command with --help added: an unknown
// subcommand or flag would fail.
func TestUnitStartsWhatExists(t *testing.T) {
	t.Parallel()
	unit, err := os.ReadFile(filepath.Join("..", "..", "deploy", "systemd", "bridgelog.service"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(unit), "\nExecStart=")
	line, _, _ := strings.Cut(after, "\n")
	words := strings.Fields(line)
	if !found || len(words) < 2 || words[0] != "/usr/bin/bridgelog" {
		t.Fatalf("the unit starts %q", line)
	}
	result := system.Run(t, nil, append(words[1:], "--help")...)
	if result.Code != 0 || !strings.Contains(result.Stdout, "bridgelog "+words[1]) {
		t.Errorf("%s --help: %s", line, result)
	}
}
