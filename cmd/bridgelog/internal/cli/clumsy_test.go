package cli_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestForgottenWordsChangeNothing leaves words out where an incident is chosen:
// nothing may be taken for something that it was not meant to be.
func TestForgottenWordsChangeNothing(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "Checkout returns 502")
	s.ok("note", "1", "It is the pool.")
	s.ok("use", "1")
	s.fails(2, "entry or its new text", "edit", "1", "2")
	s.fails(2, "missing", "note", "INC-1")
	s.fails(2, "missing", "note", "1")
	s.fails(2, "empty", "note", " ")
	s.fails(2, "is no entry", "pin", "INC-1")
	s.fails(2, "missing", "edit", "2")
	s.ok("edit", "2", "It is the pool of connections.")
	s.ok("edit", "1", "2", "It is the pool.")
	if r := s.ok("edit", "1", "2", "2"); !strings.Contains(r.out, "entry 2 edited") {
		t.Errorf("named, the text may be a number: %s", r.out)
	}
}

func TestRolesOfOneself(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "Slow")
	for _, args := range [][]string{{"role", "1", "commander", "me"}, {"role", "commander", "me", "INC-1"}, {"take", "inc-01", "commander"}} {
		if r := s.ok(args...); !strings.Contains(r.out, "INC-1 has you as commander") {
			t.Errorf("%v says %q", args, r.out)
		}
	}
	if r := s.ok("role", "1", "scribe", "root"); !strings.Contains(r.out, "scribe is root") {
		t.Errorf("role says %q", r.out)
	}
}

// TestGroupsTakeTheIncidentFirst writes the incident where people say it.
func TestGroupsTakeTheIncidentFirst(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "Slow")
	s.ok("declare", "Other")
	s.ok("impact", "INC-1", "set", "--component", "api=partial_outage")
	s.ok("use", "2")
	for _, args := range [][]string{{"impact", "1", "set", "api=operational"}, {"impact", "set", "1", "api=operational"}} {
		if r := s.ok(args...); !strings.HasPrefix(r.out, "INC-1 ") {
			t.Errorf("%v says %q", args, r.out)
		}
	}
	if r := s.ok("impact", "set", "api=operational"); !strings.HasPrefix(r.out, "INC-2 ") {
		t.Errorf("without an incident: %q", r.out)
	}
}

func TestUseForScripts(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "Slow")
	if v := s.json("use"); v["incident"] != nil || v["system"] == "" {
		t.Errorf("nothing chosen: %v", v)
	}
	if v := s.json("use", "0001"); v["incident"] != "INC-1" {
		t.Errorf("choosing: %v", v)
	}
	if v := s.json("use"); v["incident"] != "INC-1" {
		t.Errorf("chosen: %v", v)
	}
	if v := s.json("use", "--none"); v["incident"] != nil {
		t.Errorf("none: %v", v)
	}
	if r := s.ok("use"); r.out != "none\n" {
		t.Errorf("for eyes: %q", r.out)
	}
}

// TestWrongAddresses says what is wrong with an address, whatever listens there.
func TestWrongAddresses(t *testing.T) {
	s := newShell(t)
	web := httptest.NewServer(http.NotFoundHandler())
	defer web.Close()
	s.fails(5, "does not answer as Bridgelog", "list", "--server", strings.TrimPrefix(web.URL, "http://"))
	s.fails(5, "does not answer as Bridgelog", "login", web.URL, "--token", "x")
	s.fails(5, "nothing answers at 127.0.0.1:1", "list", "--server", "127.0.0.1:1")
	dir := filepath.Join(s.home, "none")
	if r := s.fails(5, "nothing runs on "+dir, "list", "--data-dir", dir); strings.Count(r.err, dir) != 1 {
		t.Errorf("names the directory twice: %s", r.err)
	}
}

func TestWrongFiles(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "Slow")
	if r := s.fails(2, "nope: no such file or directory", "apply", "-f", "nope"); strings.Contains(r.err, "lstat") {
		t.Errorf("names a system call: %s", r.err)
	}
	s.in = `{"page": {}, "components": {}, "component_update": {}}`
	s.fails(2, "--skip-broken", "import", "statuspage", "-")
	s.in = `{"at": "2026-03-01T10:00:00Z", "kind": "note", "text": "Slow."}`
	s.fails(2, "--title", "import", "timeline", "-")
	for _, imported := range []float64{1, 0} {
		if v := s.json("import", "timeline", "-", "--title", "Slow night"); v["imported"] != imported {
			t.Errorf("import from the input: %v, want %v imported", v, imported)
		}
	}
	if v := s.json("import", "timeline", "-", "--title", "Another night"); v["imported"] != 1.0 {
		t.Errorf("another timeline from the input: %v", v)
	}
}

func TestHelpKnowsItsTopics(t *testing.T) {
	s := newShell(t)
	for topic, want := range map[string]string{
		"": "Work on an incident:", "ack": "WHAT YOU WILL DO", "impact set": "COMPONENT=STATE", "times": "RFC 3339", "exit-codes": "not allowed",
	} {
		if r := s.ok(append([]string{"help"}, strings.Fields(topic)...)...); !strings.Contains(r.out, want) {
			t.Errorf("help %s has no %q:\n%s", topic, want, r.out)
		}
	}
	s.fails(2, "did you mean `bridgelog declare`?", "help", "declar")
	s.fails(2, "unknown command \"nonsense\"", "help", "nonsense")
	s.fails(2, "unknown command \"sett\": did you mean `bridgelog impact set`?", "help", "impact", "sett")
}

// TestLengthsAreAgo takes a length alone as ago wherever only the past makes
// sense.
func TestLengthsAreAgo(t *testing.T) {
	s := newShell(t).on(start(t))
	s.ok("declare", "Slow")
	for _, at := range []string{"10m", "-10m", "10m ago", "10min ago", "an hour ago", "now", "2026-03-01", time.Now().Format("15:04")} {
		s.ok("note", "1", "at "+at, "--occurred-at", at)
	}
	for _, at := range []string{"soon", "in 5m", "2126-03-01", "tomorrow"} {
		s.fails(2, "--occurred-at", "note", "1", "x", "--occurred-at", at)
	}
}

// TestURLsThatCannotBeCalled are refused before anything is asked of a system.
func TestURLsThatCannotBeCalled(t *testing.T) {
	s := newShell(t)
	for url, want := range map[string]string{
		"notaurl": "https://", "ftp://example.org/x": "https://", "": "https://", "https://": "no host",
		"https://me:secret@example.org/x": "leave the user name out", "https://example.org/x#part": "behind #", "https://exa mple.org": "not a URL",
	} {
		s.fails(2, want, "webhook", "add", "ops", url)
	}
}

// Whatever else a file is, it is told in one sentence that it is no export.
func TestVerifyOfWhatIsNoExport(t *testing.T) {
	s := newShell(t)
	for name, content := range map[string]string{
		"notes": strings.Repeat("what we saw\n", 40), "json": strings.Repeat("{\"kind\": \"note\"}\n", 40), "empty": "",
	} {
		file := filepath.Join(s.home, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := s.fails(6, file+" is no export", "verify", file); r.out != "" {
			t.Errorf("%s: %s", name, r.out)
		}
	}
}
