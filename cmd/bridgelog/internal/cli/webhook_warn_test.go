package cli

import (
	"strings"
	"testing"
)

func TestReceiverWarning(t *testing.T) {
	t.Parallel()
	for url, words := range map[string][]string{
		"https://hooks.example.com/x":    nil,
		"https://8.8.8.8/":               nil,
		"http://hooks.example.com/":      {"not encrypted", "https://"},
		"http://127.0.0.1:8080/":         {"127.0.0.1:8080 is a private address", "not encrypted"},
		"https://localhost/":             {"private"},
		"https://api.LOCALHOST./":        {"private"},
		"https://10.1.2.3/hook":          {"private"},
		"https://[::1]:9000/":            {"private"},
		"https://[::ffff:192.168.0.1]/":  {"private"},
		"https://169.254.169.254/latest": {"private"},
	} {
		got := receiverWarning(url)
		if (got == "") != (words == nil) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q", url, got)
		}
		for _, word := range append(words, "allow-private-receivers") {
			if words != nil && !strings.Contains(got, word) {
				t.Errorf("%s: %q does not say %q", url, got, word)
			}
		}
	}
}
