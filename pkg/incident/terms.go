package incident

import (
	"fmt"
	"strings"
)

// term is an enumeration whose values are the indexes of its table of names.
type term interface{ ~uint8 }

// nameOf returns the name at v, or a readable placeholder for a value that this
// version does not know.
func nameOf[T term](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("unknown(%d)", uint8(v))
}

// parseName finds s in names without regard to case, surrounding space, or
// whether words are joined by '_', '-' or ' '. The first name, the value "not
// stated", is never found.
func parseName[T term](what string, names []string, s string) (T, error) {
	folded := foldName(s)
	for i, name := range names {
		if i > 0 && name == folded {
			return T(i), nil
		}
	}
	return 0, &Rejection{
		Kind: InvalidArgument, Field: what, Reason: "unknown_" + what,
		Message: fmt.Sprintf("unknown %s %q: use one of %s",
			strings.ReplaceAll(what, "_", " "), clip(s), strings.Join(names[1:], ", ")),
	}
}

// foldName lower-cases s and joins its words by '_'.
func foldName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return '_'
		}
		return r
	}, strings.ToLower(strings.TrimSpace(s)))
}

// clip shortens caller's text for use in a message.
func clip(s string) string {
	const limit = 40
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "…"
}
