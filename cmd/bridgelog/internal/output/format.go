package output

import (
	"fmt"
	"strings"
)

// Format is how an answer is written.
type Format string

// The formats.
const (
	Table    Format = "table" // for eyes
	JSON     Format = "json"  // for scripts, stable
	YAML     Format = "yaml"  // the same value as JSON
	Markdown Format = "md"    // for documents
	HTML     Format = "html"  // for documents that are Markdown themselves
)

// Formats are the names that -o takes.
func Formats() []string { return []string{string(Table), string(JSON), string(YAML), string(Markdown)} }

// ParseFormat reads the value of -o.
func ParseFormat(text string, allowed ...Format) (Format, error) {
	f := Format(strings.ToLower(text))
	switch f {
	case "markdown":
		f = Markdown
	case "yml":
		f = YAML
	case "text", "":
		f = Table
	default:
	}
	names := make([]string, 0, len(allowed))
	for _, a := range allowed {
		if a == f {
			return f, nil
		}
		names = append(names, string(a))
	}
	return "", fmt.Errorf("unknown output format %q: use one of %s", text, strings.Join(names, ", "))
}
