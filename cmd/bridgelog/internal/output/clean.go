package output

import (
	"strings"
	"unicode"
)

// Clean makes text from elsewhere safe for a terminal: control characters and
// those that turn the direction of writing around become '·', tabs become
// spaces. Line breaks stay.
func Clean(text string) string {
	safe := true
	for _, r := range text {
		if r != '\n' && hostile(r) {
			safe = false
			break
		}
	}
	if safe {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r == '\r':
			return -1
		case hostile(r):
			return '·'
		}
		return r
	}, text)
}

// OneLine is Clean with line breaks and runs of space folded to one space.
func OneLine(text string) string { return strings.Join(strings.Fields(Clean(text)), " ") }

func hostile(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufffd'
}
