package secretref_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/secretref"
)

func TestRead(t *testing.T) {
	t.Setenv("HOOK_SECRET", "from the environment")
	t.Setenv("HOOK_EMPTY", "")
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "file:" + path
	}
	for reference, want := range map[string]string{
		"env:HOOK_SECRET":       "from the environment",
		file("one", "a file\n"): "a file\n",
	} {
		if got, err := secretref.Read(reference); err != nil || got != want {
			t.Errorf("%s: %q, %v", reference, got, err)
		}
	}
	for _, reference := range []string{
		"env:HOOK_EMPTY", "env:HOOK_NOBODY", file("empty", " \n"), file("long", strings.Repeat("x", secretref.MaxFile+1)),
		"file:" + dir, "file:" + dir + "/none", "stored:x", "plain", "",
	} {
		if got, err := secretref.Read(reference); !errors.Is(err, secretref.ErrUnreadable) {
			t.Errorf("%s: %q, %v", reference, got, err)
		}
	}
}

func TestARotatedSecretIsSeenAtOnce(t *testing.T) {
	for _, want := range []string{"old", "new"} {
		t.Setenv("HOOK_SECRET", want)
		if got, err := secretref.Read("env:HOOK_SECRET"); err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
}
