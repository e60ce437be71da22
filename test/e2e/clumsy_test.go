package e2e_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/test/system"
)

// TestClumsyWebhooks mistypes what only a whole system can know.
func TestClumsyWebhooks(t *testing.T) {
	t.Parallel()
	s := system.Up(t, system.Options{})
	const url = "https://hooks.example.org/x"
	oneSentence(t, s.Try(t, "webhook", "add", "ops", url, "--event", "incident.resolvd"), 2, "did you mean incident.resolved?")
	oneSentence(t, s.Try(t, "webhook", "add", "ops", url, "--event", "change.*"), 2, "bridgelog webhook events")
	file := write(t, t.TempDir(), "hook.yaml", "kind: webhook\nname: ops\nspec: {url: \"https://me:secret@example.org/\", secrets: [\"env:HOOK\"]}\n")
	oneSentence(t, s.Try(t, "apply", "-f", file), 2, "leave the user name out")
	oneSentence(t, s.Try(t, "webhook", "rotate", "ops"), 3, "no webhook")
	if r := s.Try(t, "deliveries", "redeliver", "--since", "2d"); r.Code != 0 || !strings.HasPrefix(r.Stdout, "0 sent again") {
		t.Errorf("nothing to send again: %s", r)
	}
	if r := s.Try(t, "deliveries", "redeliver", "4711"); r.Code != 1 || !strings.Contains(r.Stderr, "there is no such delivery") {
		t.Errorf("a delivery that is not there: %s", r)
	}
	if list := s.Do(t, "webhook", "list"); strings.Contains(list, "ops") {
		t.Errorf("a webhook is there:\n%s", list)
	}
}
