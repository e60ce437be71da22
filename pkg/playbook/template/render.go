package template

import (
	"errors"
	"slices"
	"strings"
)

// MissingError says which variables have no value.
type MissingError struct {
	// Names are the variables, in the order of the text, each once.
	Names []string
}

// Add adds variables that are not named yet.
func (e *MissingError) Add(names ...string) {
	for _, name := range names {
		if !slices.Contains(e.Names, name) {
			e.Names = append(e.Names, name)
		}
	}
}

// Error names them and says what to do.
func (e *MissingError) Error() string {
	braced := make([]string, len(e.Names))
	for i, name := range e.Names {
		braced[i] = opening + name + closing
	}
	verb := " has no value: give it one"
	if len(braced) > 1 {
		verb = " have no values: give them one"
	}
	return strings.Join(braced, ", ") + verb + ", or write what to say without it, as in {{" + e.Names[0] + " | not known yet}}"
}

// Values are what variables stand for, by name. An empty value is no value.
type Values map[string]string

// MaxBytes bounds what a template gives, so that a long value that is used often fills
// no memory.
const MaxBytes = 1 << 20

// ErrTooLong says that a text would be longer than MaxBytes.
var ErrTooLong = errors.New("the text would be longer than 1 MiB: use fewer or shorter variables")

// Render fills in the values. Values that the text does not use are passed over.
// When one is missing that has nothing to say instead, the error is a
// [*MissingError] and names all that are missing; a text that would be too long is
// [ErrTooLong].
func (t Template) Render(values Values) (string, error) {
	var b strings.Builder
	var missing MissingError
	for _, p := range t.parts {
		value := values[p.name]
		switch {
		case p.name == "":
			b.WriteString(p.text)
		case value != "":
			b.WriteString(value)
		case p.optional:
			b.WriteString(p.otherwise)
		default:
			missing.Add(p.name)
		}
		if b.Len() > MaxBytes {
			return "", ErrTooLong
		}
	}
	if len(missing.Names) > 0 {
		return "", &missing
	}
	return b.String(), nil
}

// Preview fills in the examples of the documented variables.
func (t Template) Preview() string {
	values := Values{}
	for _, v := range Variables() {
		values[v.Name] = v.Example
	}
	text, _ := t.Render(values) // every variable has an example, as a test shows
	return text
}
