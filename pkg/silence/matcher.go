package silence

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// MaxMatcher bounds a matcher, in bytes. Expressions are of RE2, whose cost grows with
// the length of the value and no faster.
const MaxMatcher = 1024

// Matcher is a condition on one label. A label that is missing has the value "".
type Matcher struct {
	// Label is its name.
	Label string
	// Not is true where the value must not be, or not fit.
	Not bool
	// Value has to be equal where there is no expression.
	Value string

	expression *regexp.Regexp // has to fit the whole value; nil: there is none
	text       string
}

// ParseMatcher reads a condition as Alertmanager writes it: name=value, name!=value,
// name=~expression or name!~expression, where the right side may stand in double quotes.
func ParseMatcher(text string) (Matcher, error) {
	if len(text) > MaxMatcher {
		return Matcher{}, fmt.Errorf("a condition has at most %d bytes", MaxMatcher)
	}
	at := strings.IndexAny(text, "=!")
	if at < 0 {
		return Matcher{}, fmt.Errorf("%q is no condition: write label=value, label!=value, label=~expression or label!~expression", text)
	}
	m := Matcher{Label: strings.TrimSpace(text[:at]), text: strings.TrimSpace(text)}
	rest, isExpression := text[at:], false
	switch {
	case strings.HasPrefix(rest, "=~"):
		rest, isExpression = rest[2:], true
	case strings.HasPrefix(rest, "!~"):
		rest, isExpression, m.Not = rest[2:], true, true
	case strings.HasPrefix(rest, "!="):
		rest, m.Not = rest[2:], true
	case strings.HasPrefix(rest, "="):
		rest = rest[1:]
	default:
		return Matcher{}, fmt.Errorf("%q is no condition: after ! comes = or ~", text)
	}
	if m.Label == "" {
		return Matcher{}, fmt.Errorf("%q names no label: write one before %q", text, text[at:at+1])
	}
	var err error
	if m.Value, err = unquoted(strings.TrimSpace(rest)); err != nil {
		return Matcher{}, err
	}
	if !isExpression {
		return m, nil
	}
	if _, err = regexp.Compile(m.Value); err == nil { // by itself: its parentheses are its own
		m.expression, err = regexp.Compile("^(?s:" + m.Value + ")$")
	}
	if err != nil {
		return Matcher{}, fmt.Errorf("%.128q is no regular expression of RE2: %s", m.Value, said(err))
	}
	return m, nil
}

// said is what is wrong with an expression.
func said(err error) string {
	return strings.TrimPrefix(err.Error(), "error parsing regexp: ")
}

// unquoted is a value without the double quotes that it may stand in.
func unquoted(value string) (string, error) {
	if !strings.HasPrefix(value, `"`) {
		return value, nil
	}
	plain, err := strconv.Unquote(value)
	if err != nil {
		return "", fmt.Errorf("%s is not closed: a value that begins with a double quote ends with one", value)
	}
	return plain, nil
}

// String is the matcher as it was written.
func (m Matcher) String() string { return m.text }

// Matches tells whether labels meet the condition.
func (m Matcher) Matches(labels map[string]string) bool {
	value := labels[m.Label]
	if m.expression != nil {
		return m.expression.MatchString(value) != m.Not
	}
	return (value == m.Value) != m.Not
}
