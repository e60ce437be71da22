package incident

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what people write. Longer texts belong into attachments.
const (
	MaxTitle      = 200      // characters of a title
	MaxPublicName = 255      // characters of an incident's public name
	MaxText       = 32 << 10 // bytes of an update, note, summary or public message
	MaxReason     = 2 << 10  // bytes of a reason
	MaxComponents = 500      // components in one command
	MaxNames      = 500      // services or pages in one command
)

// Sanitize makes text from machines and imports acceptable as content: invalid
// UTF-8 and control characters other than line feed and tab are dropped.
func Sanitize(s string) string {
	if checkCharacters("", s) == nil {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isForbidden(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// SanitizeName makes an id or name of what machines and imports call something: without
// the space around it. What is no name all the same, for example since it has several
// lines, is "".
func SanitizeName(s string) string {
	s = strings.TrimSpace(s)
	if checkName("", s, false) != nil {
		return ""
	}
	return s
}

// isForbidden reports whether r is a control character that no text needs. NUL
// could not even be stored by Postgres.
func isForbidden(r rune) bool { return r != '\n' && r != '\t' && r != '\r' && unicode.IsControl(r) }

// checkCharacters refuses invalid UTF-8 and control characters.
func checkCharacters(field, s string) error {
	if !utf8.ValidString(s) {
		return invalid(field, "not_utf8", field+" is not valid UTF-8: send it in UTF-8")
	}
	if strings.ContainsFunc(s, isForbidden) {
		return invalid(field, "control_character", field+" contains control characters: take them out")
	}
	return nil
}

// checkTitle wants one line of 1 to limit characters.
func checkTitle(field, s string, limit int) error {
	if err := checkCharacters(field, s); err != nil {
		return err
	}
	switch n := utf8.RuneCountInString(s); {
	case strings.TrimSpace(s) == "":
		return invalid(field, "required", field+" is empty: say in one line what is wrong")
	case n > limit:
		return invalid(field, "too_long", fmt.Sprintf("%s has %d characters: use at most %d", field, n, limit))
	case strings.ContainsAny(s, "\r\n\t"):
		return invalid(field, "not_one_line", field+" has several lines: use one, and put the rest into the summary")
	}
	return nil
}

// checkOptional wants at most limit bytes of text.
func checkOptional(field, s string, limit int) error {
	if len(s) > limit {
		return invalid(field, "too_long", fmt.Sprintf("%s has %d bytes: use at most %d", field, len(s), limit))
	}
	return checkCharacters(field, s)
}

// checkRequired wants 1 to limit bytes of text that is not all space.
func checkRequired(field, s string, limit int) error {
	if strings.TrimSpace(s) == "" {
		return invalid(field, "required", field+" is empty: say something")
	}
	return checkOptional(field, s, limit)
}

// checkName wants an id or name without space and control characters; empty is
// allowed unless required.
func checkName(field, s string, required bool) error {
	switch {
	case s == "" && required:
		return invalid(field, "required", field+" is missing")
	case len(s) > maxIDLength:
		return invalid(field, "too_long", fmt.Sprintf("%s has %d bytes: use at most %d", field, len(s), maxIDLength))
	case !utf8.ValidString(s) || strings.ContainsFunc(s, isNoName):
		return invalid(field, "not_a_name", fmt.Sprintf("%s %q is not a name: leave out space around it and control characters", field, clip(s)))
	case strings.TrimSpace(s) != s:
		return invalid(field, "not_a_name", fmt.Sprintf("%s %q has space around it: leave it out", field, clip(s)))
	}
	return nil
}

func isNoName(r rune) bool { return unicode.IsControl(r) }

// checkNames wants at most MaxNames names, none of them empty or given twice.
func checkNames(field string, names []string) error {
	if len(names) > MaxNames {
		return tooMany(field, len(names), MaxNames)
	}
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if err := checkName(field, name, true); err != nil {
			return err
		}
		if seen[name] {
			return invalid(field, "twice", fmt.Sprintf("%s names %q twice", field, clip(name)))
		}
		seen[name] = true
	}
	return nil
}

func tooMany(field string, n, limit int) error {
	return invalid(field, "too_many", fmt.Sprintf("%s has %d elements: use at most %d", field, n, limit))
}

// firstError runs checks until one refuses.
func firstError(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}
