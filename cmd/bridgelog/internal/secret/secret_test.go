package secret_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/secret"
)

// Parts keep scanners of this tree from finding what is no secret.
func join(parts ...string) string { return strings.Join(parts, "") }

func TestSecretsAreTakenOut(t *testing.T) {
	long := strings.Repeat("aB3dE6gH9k", 6)
	for name, c := range map[string]struct{ text, secret string }{
		"AWS":       {"id is " + join("AKIA", "IOSFODNN7EXAMPLE") + " here", join("AKIA", "IOSFODNN7EXAMPLE")},
		"GitHub":    {"remote: " + join("gh", "p_", long[:36]), join("gh", "p_", long[:36])},
		"GitLab":    {join("gl", "pat-", long[:20]), join("gl", "pat-", long[:20])},
		"Slack":     {"xo" + "xb-1234567890-abcdef", "1234567890-abcdef"},
		"Google":    {join("AI", "za", long[:35]), long[:35]},
		"Stripe":    {join("sk_", "live_", long[:24]), long[:24]},
		"JWT":       {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl", "c2lnbmF0dXJl"},
		"address":   {"postgres://app:hunter2!x@db.example.org/app", "hunter2!x"},
		"header":    {"Authorization: Bearer " + long[:20], long[:20]},
		"basic":     {`-H "authorization: Basic dXNlcjpwYXNz"`, "dXNlcjpwYXNz"},
		"flag":      {"mysql --password=s3cr3tpw -u root", "s3cr3tpw"},
		"flag word": {"tool --token " + long[:12] + " run", long[:12]},
		"JSON":      {`{"api_key": "abc123def456"}`, "abc123def456"},
		"variable":  {"export DB_PASSWORD='correct-horse'", "correct-horse"},
		"YAML":      {"  client_secret: v3rys3cret", "v3rys3cret"},
		"key":       {join("-----BEGIN RSA PRIV", "ATE KEY-----\nMIIE\nabc\n-----END RSA PRIV", "ATE KEY-----\nafter"), "MIIE"},
		"half key":  {join("-----BEGIN PRIV", "ATE KEY-----\nMIIE\ncut"), "MIIE"},
		"ours":      {join("bl", "_", strings.Repeat("abcd", 13)), strings.Repeat("abcd", 13)},
	} {
		clean, found := secret.Redact(c.text)
		if found == 0 || strings.Contains(clean, c.secret) || !strings.Contains(clean, secret.Mark) {
			t.Errorf("%s: %q, %d found", name, clean, found)
		}
	}
}

func TestOtherTextStays(t *testing.T) {
	for _, text := range []string{
		"", "deployment.apps/checkout rolled back", "connect to https://example.org:8443/path",
		"the password is wrong", "export TOKEN=$VAULT_TOKEN", "password: ********", "secret: env:HOOK_SECRET",
		"sha256:" + strings.Repeat("0123456789abcdef", 4), "task-runner sk-",
	} {
		if clean, found := secret.Redact(text); clean != text || found > 0 {
			t.Errorf("%q became %q, %d found", text, clean, found)
		}
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("password=hunter22 and postgres://a:b@c")
	f.Fuzz(func(t *testing.T, text string) {
		clean, found := secret.Redact(text)
		if found == 0 && clean != text {
			t.Errorf("%q became %q although nothing was found", text, clean)
		}
	})
}
