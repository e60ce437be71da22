package cli_test

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files")

// TestScenarios types the commands of each testdata/*.script and compares what
// they answer, in every format that scripts and people read, with golden files.
func TestScenarios(t *testing.T) {
	scripts, err := filepath.Glob(filepath.Join("testdata", "*.script"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".script")
		formats := []string{"table", "json", "md"}
		if name == "catalog" { // for the others it says in other signs what JSON says
			formats = append(formats, "yaml")
		}
		for _, format := range formats {
			t.Run(name+"/"+format, func(t *testing.T) {
				play(t, script, filepath.Join("testdata", name+"."+format+".golden"), format)
			})
		}
	}
}

// play runs a script on a system of its own.
func play(t *testing.T, script, golden, format string) {
	t.Helper()
	sys := startWhole(t)
	s := newShell(t).on(sys)
	if strings.HasSuffix(script, "heartbeat.script") {
		s.env["BRIDGELOG_INTAKE"] = sys.doors(t)
	}
	var played bytes.Buffer
	for _, line := range lines(t, script) {
		if text, isInput := strings.CutPrefix(line, "< "); isInput {
			s.in += text + "\n"
			continue
		}
		if rest, isWait := strings.CutPrefix(line, "until "); isWait {
			if last, ok := s.comesAbout(words(rest)); !ok {
				t.Fatalf("%s: it only says\n%s\nafter\n%s", line, last, played.String())
			}
			continue
		}
		r := s.run(append(words(line), "-o", format)...)
		s.in = ""
		fmt.Fprintf(&played, "$ bridgelog %s\n%s", line, r.out)
		for said := range strings.Lines(r.err) {
			played.WriteString("! " + said)
		}
		if r.code != 0 {
			fmt.Fprintf(&played, "exit %d\n", r.code)
		}
	}
	got := steady(played.String())
	if s.env["BRIDGELOG_INTAKE"] != "" { // what has an id by when it began
		got = regexp.MustCompile(`\b(?:[0-9a-f]{32}|[0-9a-f]{8})\b`).ReplaceAllString(got, "<alert>")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (run with -update to accept):\n%s", golden, firstDifference(got, string(want)))
	}
}

// comesAbout repeats a command until it says the first of the words, and returns what it
// said last.
func (s *shell) comesAbout(words []string) (said string, ok bool) {
	s.t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	patience := time.After(time.Minute)
	for {
		if said = s.ok(words[1:]...).out; strings.Contains(said, words[0]) {
			return said, true
		}
		select {
		case <-tick.C:
		case <-patience:
			return said, false
		}
	}
}

// lines are those of a script that are neither empty nor comments.
func lines(t *testing.T, script string) []string {
	t.Helper()
	data, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	scanner := bufio.NewScanner(bytes.NewReader(data))
	for scanner.Scan() {
		if line := scanner.Text(); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

// words cuts a line as a shell does, of whose quotes it knows the double ones.
func words(line string) []string {
	var out []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			out = append(out, part)
			continue
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

// steady replaces what differs from run to run: times, ages, ids, hashes.
func steady(text string) string {
	for _, r := range []struct{ pattern, by string }{
		{`\d{4}-\d\d-\d\dT[0-9:.]+Z`, "<time>"},
		{`\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b`, "<time>"},
		{`\b\d\d:\d\d:\d\d\b`, "<time>"},
		{`just now|\b\d+[smh] ago|\bin (?:\d+d\d+h|\d+d|\d+m|\d+h\d+m)\b`, "<age>"},
		{`\b(?:\d+[dhms] )*\d+[dhms] (left|late)\b`, "<span> $1"},
		{`(overdue by|for) (?:\d+[dhms] )*\d+[dhms]\b`, "$1 <span>"},
		{`("time_left_seconds"|time_left_seconds): -?\d+`, "$1: <seconds>"},
		{` in \d+\.\d s \(\d+/s\)`, ""},
		{`p1\.[0-9a-z]+\.\d+\.[0-9a-f]+`, "<position>"},
		{`[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}`, "<event>"},
		{`request-(\d+)-\w+`, "<request $1>"},
		{`bl\\?_[a-z2-7]{52}`, "<token>"},
		{`\b[a-z2-7]{26}\b`, "<id>"},
		{`127\.0\.0\.1:\d+`, "<address>"},
		{`\d+/s\b`, "<rate>/s"},
		{`("?(?:seconds|per_second)"?: )[0-9.e+-]+`, "$1<number>"},
	} {
		text = regexp.MustCompile(r.pattern).ReplaceAllString(text, r.by)
	}
	// Columns are as wide as what they held.
	return regexp.MustCompile(`(\S) {3,}`).ReplaceAllString(text, "$1  ")
}

// firstDifference shows where two texts part.
func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d:\n  got  %s\n  want %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}
