package incident

// ID names an incident for ever, in subjects and in references. It is opaque;
// people use the number (INC-41).
type ID string

// PersonID names a person or a machine account. It is opaque: names and
// addresses live in the catalog, where they can be erased.
type PersonID string

// AlertID names an alert in the log.
type AlertID string

// maxIDLength bounds every id and name that is stored among the facts, in bytes.
const maxIDLength = 256

// Valid reports whether the id can be part of a subject: 1 to 256 letters,
// digits, '-' or '_'.
func (id ID) Valid() bool {
	if id == "" || len(id) > maxIDLength {
		return false
	}
	for _, r := range []byte(id) {
		if !isWordByte(r) {
			return false
		}
	}
	return true
}

// isWordByte reports whether b is an ASCII letter, digit, '-' or '_'.
func isWordByte(b byte) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9', b == '-', b == '_':
		return true
	}
	return false
}
