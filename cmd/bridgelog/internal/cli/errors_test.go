package cli_test

import (
	"strings"
	"testing"
)

// TestEveryErrorIsTheSameForScripts holds, for one error of each exit code, that
// people read one line and scripts the same as an object.
func TestEveryErrorIsTheSameForScripts(t *testing.T) {
	sys := startWhole(t)
	s := newShell(t).on(sys)
	s.ok("declare", "Slow")
	s.ok("resolve", "1")
	viewer, _ := s.json("token", "create", "view", "--role", "viewer")["token"].(string)
	for _, c := range []struct {
		code         int
		word, reason string
		args         string
	}{
		{1, "refused", "already_resolved", "resolve 1"},
		{2, "usage", "", "declare"},
		{2, "usage", "", "severity 1 SEV-9"},
		{3, "not_found", "no_such_incident", "show 77"},
		{4, "not_allowed", "role_too_low", "declare x --token " + viewer},
		{4, "not_allowed", "", "list --token nonsense"},
		{5, "unreachable", "", "list --server 127.0.0.1:1"},
		{6, "verification_failed", "", "verify -"},
	} {
		s.in = "nonsense\n"
		args := strings.Fields(c.args)
		r := s.run(args...)
		if r.code != c.code || !strings.HasPrefix(lastLine(r.err), "bridgelog: ") {
			t.Errorf("%s: exit %d, %q; want %d", c.args, r.code, r.err, c.code)
		}
		if c.code == 6 {
			continue // the report of the verification is the answer
		}
		s.in = "nonsense\n"
		r = s.run(append(args, "-o", "json")...)
		told, ok := s.decode(r.out)["error"].(map[string]any)
		if !ok || r.code != c.code || told["code"] != c.word || c.reason != "" && told["reason"] != c.reason {
			t.Errorf("%s for scripts: exit %d, %s; want %s %s", c.args, r.code, r.out, c.word, c.reason)
			continue
		}
		if want := "bridgelog: " + told["message"].(string); lastLine(r.err) != want {
			t.Errorf("%s: people read %q, scripts %q", c.args, lastLine(r.err), want)
		}
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}
