package sign_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

// npmPatience bounds the installation: a registry that is away is not waited for.
const npmPatience = 2 * time.Minute

// installed is a copy of testdata/npm with its libraries, at the versions of its
// lock file; the test is skipped without Node or a registry.
func installed(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s here: %v", program, err)
		}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "npm"))); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), npmPatience)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install the libraries here (%v): %s", err, lastLine(out))
	}
	return dir
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}

// received is what a receiver got, and what its libraries have to say of it.
type received struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// sent is a delivery signed by secrets at a time.
func sent(t *testing.T, receiver string, at time.Time, secrets ...string) received {
	t.Helper()
	var keys []sign.Secret
	for _, text := range secrets {
		key, err := sign.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	const id, body = "01a20bc7-7f2c-7d98-9857-e73c15d657f9_3ixhtxekcvlvlw3wb3466dkpou", `{"specversion":"1.0","data":{"text":"ünïcode ✓"}}`
	signature, err := sign.Signature(keys, id, at, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return received{Secret: receiver, Body: body, Headers: map[string]string{
		"webhook-id": id, "webhook-timestamp": strconv.FormatInt(at.Unix(), 10), "webhook-signature": signature,
	}}
}

// TestTheLibrariesForNodeVerify runs the official library of Standard Webhooks and
// that of Svix.
func TestTheLibrariesForNodeVerify(t *testing.T) {
	dir := installed(t)
	now, older, newer := time.Now(), sign.NewSecret(), sign.NewSecret()
	changed := sent(t, newer, now, newer)
	changed.Body = strings.Replace(changed.Body, "1.0", "1.1", 1)
	cases := []struct {
		name string
		got  received
		want bool
	}{
		{"one secret", sent(t, newer, now, newer), true},
		{"rotating, the receiver has the new one", sent(t, newer, now, newer, older), true},
		{"rotating, the receiver has the old one", sent(t, older, now, newer, older), true},
		{"another secret", sent(t, older, now, newer), false},
		{"a changed body", changed, false},
		{"an old delivery", sent(t, newer, now.Add(-time.Hour), newer), false},
	}
	var input bytes.Buffer
	for _, c := range cases {
		if err := json.NewEncoder(&input).Encode(c.got); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), npmPatience)
	defer cancel()
	verify := exec.CommandContext(ctx, "node", "verify.mjs")
	verify.Dir, verify.Stdin = dir, &input
	out, err := verify.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answers := json.NewDecoder(bytes.NewReader(out))
	for _, c := range cases {
		var taken struct{ Standardwebhooks, Svix bool }
		if err := answers.Decode(&taken); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if taken.Standardwebhooks != c.want || taken.Svix != c.want {
			t.Errorf("%s: %+v, want %v", c.name, taken, c.want)
		}
	}
}
