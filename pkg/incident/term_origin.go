package incident

// Origin says how an incident came to be declared.
type Origin uint8

// The origins.
const (
	OriginUnknown Origin = iota // not stated
	OriginPerson                // a person declared it
	OriginAlert                 // an alert declared it through a route
	OriginImport                // it was imported from another system
)

func originNames() []string { return []string{"unknown", "person", "alert", "import"} }

// String returns the name in lower case, for example "alert".
func (o Origin) String() string { return nameOf(originNames(), o) }

// ParseOrigin reads the name of an origin without regard to case. It returns a
// Rejection of kind InvalidArgument.
func ParseOrigin(s string) (Origin, error) { return parseName[Origin]("origin", originNames(), s) }

// Kind tells unplanned trouble from planned work.
type Kind uint8

// The kinds.
const (
	Unplanned   Kind = iota // an incident
	Maintenance             // planned work, kept when a history is imported
)

func kindNames() []string { return []string{"incident", "maintenance"} }

// String returns "incident" or "maintenance".
func (k Kind) String() string { return nameOf(kindNames(), k) }

// ParseKind reads "incident" or "maintenance" without regard to case. It returns
// a Rejection of kind InvalidArgument.
func ParseKind(s string) (Kind, error) {
	if foldName(s) == "incident" {
		return Unplanned, nil
	}
	return parseName[Kind]("kind", kindNames(), s)
}

// ExternalReference names the same thing in another system. The zero value
// means that there is none.
type ExternalReference struct {
	System string // for example "statuspage:github"
	ID     string // its id there
	URL    string // where it can be read; not checked, so pages must check its scheme
}
