package docs

import (
	"regexp"
	"strings"
)

// Matches reports whether a script's output is the one that a document shows.
// Lines are compared without the spaces at their ends; … in the document stands
// for any text within a line, and on a line of its own for any lines.
func Matches(shown, printed string) bool {
	var pattern strings.Builder
	pattern.WriteString(`^`)
	for line := range strings.Lines(strings.TrimSpace(shown)) {
		line = strings.TrimSpace(line)
		if line == "…" {
			pattern.WriteString(`(?:.*\n)*?`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + `\n`)
	}
	pattern.WriteString(`$`)

	var trimmed strings.Builder
	for line := range strings.Lines(strings.TrimSpace(printed)) {
		trimmed.WriteString(strings.TrimSpace(line) + "\n")
	}
	return regexp.MustCompile(pattern.String()).MatchString(trimmed.String())
}
