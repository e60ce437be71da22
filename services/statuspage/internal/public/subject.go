package public

import (
	"errors"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
)

const (
	// streamName is the stream of public documents.
	streamName = "PUBLIC"
	// prefixPage and prefixIncident begin the subjects of documents; the name of the
	// page, or the public id of the incident, follows.
	prefixPage     = "public.page."
	prefixIncident = "public.incident."
	// subjectMark is where the relay says how far it came.
	subjectMark = "public.relay"
)

var (
	// ErrOvertaken: another relay has taken over. This one must not write any more.
	ErrOvertaken = errors.New("another relay publishes now")
	// ErrTooLarge: the document is larger than the stream takes. Nothing was changed,
	// and nothing will be until the document is a smaller one.
	ErrTooLarge = errors.New("the document is too large to be published")
	// ErrFull: the stream of public documents has no room.
	ErrFull = errors.New("the stream of public documents is full")
)

// The instants at which a relay may die.
//
//nolint:gochecknoglobals // Points are declared once, see package failpoint.
var (
	beforeClaim    = failpoint.New("relay.before_claim")
	afterClaim     = failpoint.New("relay.after_claim")
	beforeDocument = failpoint.New("relay.before_document")
	beforeErase    = failpoint.New("relay.before_erase")
	afterDocument  = failpoint.New("relay.after_document")
	beforeMark     = failpoint.New("relay.before_mark")
	afterMark      = failpoint.New("relay.after_mark")
)

// SubjectOf is the subject of the document of an incident by its public id.
func SubjectOf(incident string) string { return prefixIncident + incident }

// SubjectOfPage is the subject of the document of a page by its name.
func SubjectOfPage(name string) string { return prefixPage + name }

// isDocument tells whether a subject is that of a document.
func isDocument(subject string) bool {
	return strings.HasPrefix(subject, prefixPage) || strings.HasPrefix(subject, prefixIncident)
}
