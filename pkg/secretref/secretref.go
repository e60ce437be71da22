package secretref

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// MaxFile bounds what is read from a file, in bytes.
const MaxFile = 4096

// ErrUnreadable: there is no secret where the reference points. The text names the
// reference and never repeats a secret.
var ErrUnreadable = errors.New("a secret cannot be read")

// Read returns the secret behind "env:NAME" or "file:PATH", as it is now and as it is
// written there, so that one that was rotated takes effect at once. An error is
// [ErrUnreadable]; so is a secret that is empty.
func Read(reference string) (string, error) {
	kind, name, _ := strings.Cut(reference, ":")
	switch kind {
	case "env":
		if text := os.Getenv(name); text != "" {
			return text, nil
		}
		return "", fmt.Errorf("%w: the environment variable %s is not set", ErrUnreadable, name)
	case "file":
		return readFile(name)
	}
	return "", fmt.Errorf("%w: a reference is env:NAME or file:PATH", ErrUnreadable)
}

func readFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxFile {
		return "", fmt.Errorf("%w: the file %s cannot be read", ErrUnreadable, path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: the file %s cannot be read", ErrUnreadable, path)
	}
	if strings.TrimSpace(string(data)) == "" {
		return "", fmt.Errorf("%w: the file %s is empty", ErrUnreadable, path)
	}
	return string(data), nil
}
