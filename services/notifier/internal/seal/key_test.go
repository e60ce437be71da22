package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bridgelog/bridgelog/services/notifier/internal/seal"
)

func TestAKeyIsMadeOnceAndOpensWhatItSealed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	first, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	second, err := seal.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	sealed := first.Seal("name", []byte("canary"))
	if bytes.Contains(sealed, []byte("canary")) || bytes.Equal(sealed, first.Seal("name", []byte("canary"))) {
		t.Error("the secret shows")
	}
	if got, err := second.Open("name", sealed); err != nil || string(got) != "canary" {
		t.Errorf("got %q, %v", got, err)
	}
	for what, bad := range map[string][]byte{"nothing": nil, "changed": append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1), "another version": append([]byte{9}, sealed[1:]...)} {
		if _, err := second.Open("name", bad); !errors.Is(err, seal.ErrSealed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := second.Open("another name", sealed); !errors.Is(err, seal.ErrSealed) {
		t.Errorf("another name: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestABadKeyIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("c2hvcnQ=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{path, filepath.Join(t.TempDir(), "no", "such", "folder", "key")} {
		if _, err := seal.Load(bad); !errors.Is(err, seal.ErrKey) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
