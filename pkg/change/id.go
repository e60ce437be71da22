package change

import "github.com/bridgelog/bridgelog/pkg/derived"

// SubjectPrefix begins the subject of every change.
const SubjectPrefix = "change."

// ID names the change that a source knows by a key. It is 32 hexadecimal digits.
func ID(source, key string) string { return derived.ID("change", source, key) }

// Subject is where the reports of a change are written.
func Subject(id string) string { return SubjectPrefix + id }
