package document

import "unicode/utf8"

// Bounds of a document. A page is read while much else is broken, so it stays far
// below what a message of the stream may hold (1 MiB), whatever was imported.
//
// What does not fit is left out in this order: the end of very long texts, old
// updates of long incidents, the oldest incidents that are over, and, last of all,
// the oldest open ones. [Page.Hidden] counts those.
const (
	// MaxDocumentBytes bounds an encoded document.
	MaxDocumentBytes = 512 << 10
	// MaxIncidents bounds the incidents of a document that are over: those among
	// the newest so many of all. Statuspage's list has 50.
	MaxIncidents = 50
	// MaxOpen bounds the open incidents of a document: the newest.
	MaxOpen = 100
	// MaxUpdates bounds the updates that an incident shows: the newest.
	MaxUpdates = 50
	// MaxBody bounds the text of one update in bytes.
	MaxBody = 16 << 10

	// maxIncidentBytes bounds one encoded incident, maxIncidentText the texts that
	// are kept of it.
	maxIncidentBytes = 32 << 10
	maxIncidentText  = 24 << 10
	// maxComponentsBytes bounds the components of a document together.
	maxComponentsBytes = 192 << 10
	// maxDescription bounds the description of a component in bytes.
	maxDescription = 1 << 10
	// maxAffected bounds what one update says of components, and the components
	// that an incident names.
	maxAffected = 200

	// declaredKept is how many declarations without a public update are kept; an
	// older one is read again from the log when it is needed.
	declaredKept = 4096
	// firstTrim is how many incidents are kept before the first are let go.
	firstTrim = 1024
)

// cut shortens a text to a number of bytes, between characters, and marks it.
func cut(text string, limit int) string {
	const mark = "…"
	if len(text) <= limit {
		return text
	}
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + mark
}
