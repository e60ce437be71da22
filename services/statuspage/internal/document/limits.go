package document

import (
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// Bounds of a document, far below what a message of the stream may hold (1 MiB),
// whatever was imported.
const (
	// MaxBody bounds the text of one update in bytes.
	MaxBody = 32 << 10
	// MaxDocumentBytes bounds an encoded document of an incident: the texts of its
	// oldest updates are let go first. What they say of status and components stays.
	MaxDocumentBytes = 512 << 10
	// MaxUpdates bounds the updates of an incident; the oldest go first.
	MaxUpdates = 1000

	// maxComponentsBytes bounds the components of a page together.
	maxComponentsBytes = 512 << 10
	// maxDescription bounds the description of a component in bytes.
	maxDescription = 1 << 10
	// maxAffected bounds what one update says of components.
	maxAffected = 1000
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

// bound takes old texts, and then old updates, away until a document is small
// enough. The newest update stays.
func bound(doc *statusv1.IncidentDocument) {
	if over := len(doc.GetUpdates()) - MaxUpdates; over > 0 {
		drop(doc, over)
	}
	for _, u := range doc.GetUpdates() {
		if len(u.GetComponents()) > maxAffected {
			u.Components = u.GetComponents()[:maxAffected]
		}
	}
	size, last := proto.Size(doc), len(doc.GetUpdates())-1
	for i := 0; i < last && size > MaxDocumentBytes; i++ {
		size -= len(doc.GetUpdates()[i].GetBody())
		doc.GetUpdates()[i].Body = ""
	}
	for last > 0 && size > MaxDocumentBytes {
		size -= proto.Size(doc.GetUpdates()[0])
		drop(doc, 1)
		last--
	}
}

// drop takes the oldest updates away, but not the name that they gave on all pages.
func drop(doc *statusv1.IncidentDocument, number int) {
	for _, u := range doc.GetUpdates()[:number] {
		if u.GetTitle() != "" && len(u.GetPages()) == 0 {
			doc.Title = u.GetTitle()
		}
	}
	doc.Updates = doc.GetUpdates()[number:]
}
