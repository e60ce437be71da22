package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const probes = `
kind: Sender
name: probes
spec:
  source: json
  mapping: {fingerprint: body.id, state: body.up, title: '"down: " + body.id', labels: {service: body.id}, starts_at: body.at}
`

// TestMappingsAreTriedOffline reads a mapping from a file, without any system.
func TestMappingsAreTriedOffline(t *testing.T) {
	s := newShell(t)
	file := func(name, text string) string {
		path := filepath.Join(s.home, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	mapping, two := file("probes.yaml", probes), file("two.yaml", probes+"---"+strings.Replace(probes, "name: probes", "name: others", 1))
	payload := file("payload.json", `{"id":"checkout","up":true,"at":"2026-01-02T03:04:05Z"}`)
	if r := s.run("intake", "try", "-f", mapping, payload, "-o", "json"); r.code != 0 || !strings.Contains(r.out, `"title": "down: checkout"`) || !strings.Contains(r.out, `"state": "firing"`) {
		t.Errorf("got %d %s %s", r.code, r.out, r.err)
	}
	if r := s.run("intake", "try", "-f", two, "--sender", "others", payload); r.code != 0 || !strings.Contains(r.out, "down: checkout") || !strings.Contains(r.out, "2026") {
		t.Errorf("got %d %s %s", r.code, r.out, r.err)
	}
	for says, args := range map[string][]string{
		"which mapping":  {payload},
		"which sender":   {"-f", two, payload},
		"has no sender":  {"-f", two, "--sender", "nobody", payload},
		"with a mapping": {"-f", file("none.yaml", "{kind: Service, name: a}"), payload},
		"title":          {"-f", file("bad.yaml", strings.Replace(probes, "body.id', labels", "', labels", 1)), payload},
		"item 1":         {"-f", mapping, file("other.json", `{"up":true}`)},
		"is empty":       {"-f", mapping, file("empty.json", "")},
		"no such file":   {"-f", mapping, filepath.Join(s.home, "nowhere.json")},
	} {
		if r := s.run(append([]string{"intake", "try"}, args...)...); r.code != 2 || !strings.Contains(r.err, says) {
			t.Errorf("want %q: %d %s", says, r.code, r.err)
		}
	}
	s.in = `{"id":"a","up":""}`
	if r := s.run("intake", "try", "-f", mapping, "-"); r.code != 0 || !strings.Contains(r.out, "tells of no alert") {
		t.Errorf("from the input: %d %s %s", r.code, r.out, r.err)
	}
}
