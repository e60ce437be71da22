package secret

import (
	"regexp"
	"strings"
)

// Mark stands where a secret was.
const Mark = "[redacted]"

// rule finds one form of a secret. Of its groups the first named "secret" is taken
// out, or the whole match when there is none.
type rule struct {
	name string
	form *regexp.Regexp
}

// rules are compiled when they are first asked for, once for each scan: a scan is rare.
func rules() []rule {
	var all []rule
	for _, r := range []struct{ name, form string }{
		{"private key", `-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\z)`},
		{"AWS key id", `\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`},
		{"GitHub token", `\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})\b`},
		{"GitLab token", `\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent)-[A-Za-z0-9_-]{20,}`},
		{"Slack token", `\bxox[abeoprs]-[A-Za-z0-9-]{10,}`},
		{"Slack webhook", `https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_+-]+`},
		{"Google API key", `\bAIza[A-Za-z0-9_-]{35}`},
		{"Stripe key", `\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,}`},
		{"npm token", `\bnpm_[A-Za-z0-9]{36}\b`},
		{"PyPI token", `\bpypi-[A-Za-z0-9_-]{40,}`},
		{"key of a model provider", `\bsk-(?:[a-z]+-)?[A-Za-z0-9_-]{20,}`},
		{"Vault token", `\bhv[sbr]\.[A-Za-z0-9_-]{20,}`},
		{"SendGrid key", `\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}`},
		{"DigitalOcean token", `\bdo[opr]_v1_[a-f0-9]{64}\b`},
		{"Bridgelog token", `\bbl_[a-z2-7]{52}\b`},
		{"webhook secret", `\bwhsec_[A-Za-z0-9+/=]{16,}`},
		{"JSON web token", `\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*`},
		{"password in an address", `\b[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@'"]*:(?P<secret>[^\s/@'"]+)@`},
		{"authorization header", `(?i)\bauthorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest)\s+)?(?P<secret>[^\s"',]+)`},
		{"bearer token", `(?i)\bbearer\s+(?P<secret>[A-Za-z0-9._~+/=-]{16,})`},
		{"value behind its name", `(?i)(?:password|passwd|passphrase|pwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|client[_-]?secret|token|credential)s?["']?\s*[:=]\s*["']?(?P<secret>[^\s"',;]{6,})`},
		{"value behind a flag", `(?i)--?[a-z-]*(?:password|passwd|passphrase|secret|api-?key|token|credential)[a-z-]*\s+["']?(?P<secret>[^\s"'-][^\s"']{5,})`},
	} {
		all = append(all, rule{r.name, regexp.MustCompile(r.form)})
	}
	return all
}

// Redact returns the text with [Mark] in place of each secret, and how many there were.
func Redact(text string) (clean string, found int) {
	for _, r := range rules() {
		text = r.redact(text, &found)
	}
	return text, found
}

// redact takes out what one rule finds.
func (r rule) redact(text string, found *int) string {
	matches := r.form.FindAllStringSubmatchIndex(text, -1)
	if matches == nil {
		return text
	}
	group := max(0, r.form.SubexpIndex("secret"))
	var b strings.Builder
	last := 0
	for _, m := range matches {
		start, end := m[2*group], m[2*group+1]
		if value := text[start:end]; strings.HasPrefix(value, Mark) || plain(value) {
			continue
		}
		b.WriteString(text[last:start])
		b.WriteString(Mark)
		last = end
		*found++
	}
	b.WriteString(text[last:])
	return b.String()
}

// plain reports whether a value only names where a secret is: a variable, a
// reference, a word of prose.
func plain(value string) bool {
	switch {
	case strings.HasPrefix(value, "$"), strings.HasPrefix(value, "env:"), strings.HasPrefix(value, "file:"), strings.HasPrefix(value, "{{"):
		return true
	case strings.Trim(value, "*x.") == "":
		return true
	}
	return false
}
