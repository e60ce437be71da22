package source

import (
	"errors"
	"fmt"
	"time"

	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// ErrMalformed: the body can never be accepted, however often it is sent.
var ErrMalformed = errors.New("this is not what the door expects")

// Source reads the bodies of one kind of sender. Implementations are safe for
// concurrent use.
type Source interface {
	// Name is the door's name, which is also the alerts' source: lower case,
	// digits, '-' and '_'.
	Name() string
	// Parse reads a signal: the same one says the same whenever it is read. It
	// returns [ErrMalformed], wrapped with what is wrong, for what can never be
	// accepted.
	Parse(s Signal) (Batch, error)
}

// Signal is one request as it was stored.
type Signal struct {
	// ID is its own; never empty.
	ID string
	// Sender is the principal whose token it carried.
	Sender string
	// ReceivedAt is when it arrived.
	ReceivedAt time.Time
	// ContentType is the kind of the body, in lower case and without parameters; may be
	// empty.
	ContentType string
	// Header are the headers that say something, by their names in lower case.
	Header map[string]string
	// Body is what was sent.
	Body []byte
}

// SignalOf is a stored signal as sources read it.
func SignalOf(s *signalv1.RawSignal) Signal {
	return Signal{
		ID: s.GetId(), Sender: s.GetPrincipal(), ReceivedAt: time.UnixMicro(s.GetReceivedAtUs()).UTC(),
		ContentType: s.GetContentType(), Header: s.GetHeaders(), Body: s.GetBody(),
	}
}

// Batch is what one request says.
type Batch struct {
	// Key is what the sender is told as the key of what it sent; empty where it named
	// its keys itself.
	Key string
	// GroupKey is the sender's own grouping: equal for alerts that it sends
	// together; never empty. An alert may have one of its own.
	GroupKey string
	// Alerts in the order of the request.
	Alerts []Alert
	// Remarks are what it says about alerts beside their state, after it: at most one
	// for each.
	Remarks []Remark
	// Changes are what it reports of changes, without a source: at most one report for
	// each key.
	Changes []change.Report
}

// Remark is what a sender says about an alert beside its state. One about an alert
// that there is not says nothing.
type Remark struct {
	// Fingerprint is the sender's key of the alert, 1 to 128 bytes.
	Fingerprint string
	// Acknowledges is true when somebody takes care of the alert; a remark that does
	// not is a note.
	Acknowledges bool
	// Text is what was said, at most 2048 bytes; of a note never empty.
	Text string
	// SaidBy is who said it in the sender's words, at most 256 bytes; may be empty.
	SaidBy string
}

// maxRemark bounds the text of a remark, in bytes.
const maxRemark = 2048

// Alert is the state of one alert as the sender sees it.
type Alert struct {
	// Fingerprint is the sender's key of the alert, 1 to 128 bytes.
	Fingerprint string
	// Firing is true while the condition holds.
	Firing bool
	// Keyed is true where the fingerprint alone says which episode is meant: the one
	// that is open, whenever it began. An end that finds none says nothing.
	Keyed bool
	// StartsAt is when the episode began, EndsAt when it ended; EndsAt is zero
	// while it lasts.
	StartsAt, EndsAt time.Time
	// Title says in one line what is wrong, at most 200 characters; never empty.
	Title string
	// Description says more; may be empty.
	Description string
	// URL leads to where the alert came from; may be empty.
	URL string
	// RunbookURL leads to what to do; may be empty.
	RunbookURL string
	// GroupKey is what it belongs to where the batch's key is not, as with senders that
	// tell of unrelated alerts at once; else empty.
	GroupKey string
	// Labels identify the alert and Annotations describe it, within the bounds
	// of what can be stored.
	Labels, Annotations map[string]string
}

// Catalog finds sources by name.
type Catalog struct{ byName map[string]Source }

// NewCatalog returns a catalog of the sources.
func NewCatalog(sources ...Source) Catalog {
	c := Catalog{byName: make(map[string]Source, len(sources))}
	for _, s := range sources {
		c.byName[s.Name()] = s
	}
	return c
}

// Find returns the source of a door, and false when there is no such door.
func (c Catalog) Find(name string) (Source, bool) {
	s, ok := c.byName[name]
	return s, ok
}

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrMalformed, fmt.Sprintf(format, args...))
}
