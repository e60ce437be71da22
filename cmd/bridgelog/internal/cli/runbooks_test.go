package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const someRules = `groups:
- name: g
  rules:
  - {alert: Right, expr: up, annotations: {runbook_url: "https://r.example/runbooks/right"}}
  - {alert: Gone, expr: up, annotations: {runbook_url: "https://r.example/runbooks/gone"}}
  - {alert: Promised, expr: up, annotations: {runbook: TODO}}
  - {alert: Silent, expr: up}
`

const wholeRunbook = "# Right\n## Meaning\na\n## Impact\na\n## Diagnosis\na\n## Mitigation\na\n## Verify\na\n## Escalation\na\n## Owner\na\n"

// TestRunbooksAreCheckedOffline reads rules and runbooks from files.
func TestRunbooksAreCheckedOffline(t *testing.T) {
	s := newShell(t)
	books := filepath.Join(s.home, "books")
	if err := os.Mkdir(books, 0o700); err != nil {
		t.Fatal(err)
	}
	file := func(name, text string) string {
		path := filepath.Join(s.home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rules, index := file("rules.yaml", someRules), file("index.txt", "right\n")
	file("books/right.md", wholeRunbook)
	r := s.run("runbooks", "check", rules, "--index", index)
	for _, want := range []string{"rules.yaml:4", "linked", "dangling", "placeholder", "missing", "1 linked, 1 dangling, 1 placeholder, 1 missing"} {
		if r.code != 1 || !strings.Contains(r.out, want) {
			t.Errorf("want %q: %d %s %s", want, r.code, r.out, r.err)
		}
	}
	if r := s.run("runbooks", "check", "--dir", books); r.code != 0 || !strings.Contains(r.out, "1 complete") {
		t.Errorf("the folder: %d %s %s", r.code, r.out, r.err)
	}
	if r := s.run("runbooks", "check", rules, "--dir", books, "-o", "json"); r.code != 1 || !strings.Contains(r.out, `"outcome": "dangling"`) {
		t.Errorf("rules and folder: %d %s %s", r.code, r.out, r.err)
	}
	file("books/gone.md", "# Gone\n## Meaning\nTODO\n")
	if r := s.run("runbooks", "check", "--dir", books); r.code != 1 || !strings.Contains(r.out, "meaning, urgency") {
		t.Errorf("a poor one: %d %s %s", r.code, r.out, r.err)
	}
	right := file("right.yaml", strings.Join(strings.Split(someRules, "\n")[:4], "\n"))
	if r := s.run("runbooks", "check", right); r.code != 0 {
		t.Errorf("right rules: %d %s %s", r.code, r.out, r.err)
	}
	for says, args := range map[string][]string{
		"neither groups": {file("none.yaml", "a: b")}, "no such file": {"nowhere.yaml"}, "holds no file": {"--dir", t.TempDir()}, "open nowhere": {rules, "--index", "nowhere"},
	} {
		if r := s.run(append([]string{"runbooks", "check"}, args...)...); r.code != 2 || !strings.Contains(r.err, says) {
			t.Errorf("want %q: %d %s", says, r.code, r.err)
		}
	}
}
