package deploy_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/test/deploy"
)

// TestSecretsAreUsable runs the script that makes a .env file: tokens are ours,
// passwords are such that NATS reads them as text, and none comes twice.
func TestSecretsAreUsable(t *testing.T) {
	t.Parallel()
	script, err := filepath.Abs(filepath.Join(filepath.Dir(composeFile), "secrets.sh"))
	if err != nil {
		t.Fatal(err)
	}
	printed, err := exec.CommandContext(t.Context(), script).Output()
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{}
	for name, value := range deploy.Variables(string(printed)) {
		if other, twice := secrets[value]; twice {
			t.Errorf("%s and %s have one secret", name, other)
		}
		secrets[value] = name
		switch {
		case strings.HasSuffix(name, "_TOKEN"):
			if _, err := auth.ParseToken(value); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case len(value) == 0:
			t.Errorf("%s is empty", name)
		case strings.HasPrefix(name, "NATS_") && (value[0] < 'a' || value[0] > 'z' || len(value) != 32):
			t.Errorf("%s is no password for NATS: %q", name, value)
		}
	}
	if len(secrets) < 10 {
		t.Errorf("the script printed %d settings", len(secrets))
	}
}
