package incident

// LegalEvent is something that laws about incidents know: their terms start and end
// with it. The numbers are those of the catalog.
type LegalEvent uint8

// The events.
const (
	LegalUnknown      LegalEvent = iota // not stated
	LegalAware                          // the organisation became aware of it
	LegalClassified                     // it was classified as one that the law means
	LegalMaterial                       // it was determined to be material
	LegalSubmitted                      // a report was submitted
	LegalFixAvailable                   // a remedy became available
	LegalHandled                        // the handling was completed
	LegalWithdrawn                      // the law does not apply after all
	LegalNotApplying                    // one report that the law asks for need not be made
)

func legalEventNames() []string {
	return []string{
		"unknown", "aware", "classified", "material", "submitted", "fix_available", "handled", "withdrawn", "not_applying",
	}
}

// String returns the name in lower case with '_', for example "fix_available".
func (e LegalEvent) String() string { return nameOf(legalEventNames(), e) }

// Known reports whether the event is one that can be recorded.
func (e LegalEvent) Known() bool { return e >= LegalAware && e <= LegalNotApplying }

// OfReport reports whether the event is about one report and has to name it.
func (e LegalEvent) OfReport() bool { return e == LegalSubmitted || e == LegalNotApplying }

// LegalEvents returns every event that can be recorded.
func LegalEvents() []LegalEvent {
	var all []LegalEvent
	for e := LegalAware; e <= LegalNotApplying; e++ {
		all = append(all, e)
	}
	return all
}

// ParseLegalEvent reads the name of an event without regard to case or to '-', '_'
// and ' '. It returns a Rejection of kind InvalidArgument.
func ParseLegalEvent(s string) (LegalEvent, error) {
	return parseName[LegalEvent]("legal_event", legalEventNames(), s)
}
