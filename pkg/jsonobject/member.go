package jsonobject

import (
	"bytes"
	"encoding/json"
	"errors"
)

// ErrNoObject: the text is no JSON object, or something follows it.
var ErrNoObject = errors.New("the text is no JSON object")

// Member is one member of an object.
type Member struct {
	// Name is its name, without what was escaped in it.
	Name string
	// Start and End are where its value stands in the text.
	Start, End int
}

// Members returns the members of the object that a text is, in their order; a name may be
// there twice. It returns [ErrNoObject].
func Members(text []byte) ([]Member, error) {
	if !json.Valid(text) {
		return nil, ErrNoObject
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, ErrNoObject
	}
	var all []Member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, ErrNoObject
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, ErrNoObject
		}
		end := int(d.InputOffset())
		m := Member{Start: end - len(value), End: end}
		m.Name, _ = name.(string)
		all = append(all, m)
	}
	return all, nil
}

// String is the text of a member that is a string; false when it is none.
func (m Member) String(text []byte) (string, bool) {
	var s *string
	if json.Unmarshal(text[m.Start:m.End], &s) != nil || s == nil {
		return "", false
	}
	return *s, true
}

// Replace returns the text with another value, which is JSON, for each of the members that
// are chosen, and how many these were. It returns [ErrNoObject].
func Replace(text, value []byte, chosen func(Member) bool) (out []byte, n int, err error) {
	all, err := Members(text)
	if err != nil {
		return nil, 0, err
	}
	from := 0
	for _, m := range all {
		if chosen(m) {
			out = append(append(out, text[from:m.Start]...), value...)
			from = m.End
			n++
		}
	}
	return append(out, text[from:]...), n, nil
}

// Set returns the text with a string as value of all members of a name, or where there is
// none with a member before all others. It returns [ErrNoObject].
func Set(text []byte, name, value string) ([]byte, error) {
	quoted, err := json.Marshal(value)
	if err != nil {
		return nil, ErrNoObject
	}
	out, n, err := Replace(text, quoted, func(m Member) bool { return m.Name == name })
	if err != nil || n > 0 {
		return out, err
	}
	member, err := json.Marshal(name)
	if err != nil {
		return nil, ErrNoObject
	}
	member = append(append(member, ':'), quoted...)
	if all, err := Members(text); err != nil || len(all) > 0 {
		member = append(member, ',')
	}
	at := bytes.IndexByte(text, '{') + 1
	return append(append(append(make([]byte, 0, len(text)+len(member)), text[:at]...), member...), text[at:]...), nil
}
