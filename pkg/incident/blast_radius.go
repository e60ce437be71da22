package incident

// SetBlastRadius says all that is known to be hit, for the team: whatever is left
// out is no longer said to be. Earlier answers stay in the log. Any responder may.
type SetBlastRadius struct {
	Services, Components, Regions []string // catalog names or words
	Customers                     uint64   // how many; 0 is not known
	CustomerNames                 []string // which; each in one line
	Text                          string   // Markdown
}

// BlastRadiusChanged says what is known to be hit.
type BlastRadiusChanged struct {
	Services, Components, Regions []string
	Customers                     uint64
	CustomerNames                 []string // content
	Text                          string   // content
}

// Name returns "set_blast_radius".
func (SetBlastRadius) Name() string { return "set_blast_radius" }

func (c SetBlastRadius) decide(State, Context) ([]Event, error) {
	if len(c.Services)+len(c.Components)+len(c.Regions)+len(c.CustomerNames)+len(c.Text) == 0 && c.Customers == 0 {
		return nil, invalid("text", "required", "nothing is said to be hit: name services, components, regions or customers, or say it in words")
	}
	err := firstError(
		func() error { return checkNames("services", c.Services) },
		func() error { return checkNames("components", c.Components) },
		func() error { return checkNames("regions", c.Regions) },
		func() error { return checkLines("customer_names", c.CustomerNames, MaxNames) },
		func() error { return checkOptional("text", c.Text, MaxText) },
	)
	if err != nil {
		return nil, err
	}
	return []Event{BlastRadiusChanged(c)}, nil
}

func (SetBlastRadius) conflicts(before, after State) bool { return before.blasts != after.blasts }

const customersMark = "Customers:"

// JoinBlastRadius is the text of a blast radius as an entry shows it and as it is
// edited: what is said in words, then the customers by name.
func JoinBlastRadius(text string, customers []string) string {
	return joinList(text, customersMark, customers)
}

// SplitBlastRadius takes the text of a corrected blast radius apart.
func SplitBlastRadius(joined string) (text string, customers []string) {
	return splitList(joined, customersMark)
}

// Type returns "incident.blast_radius_changed".
func (BlastRadiusChanged) Type() string { return "incident.blast_radius_changed" }

// Accept calls VisitBlastRadiusChanged.
func (e BlastRadiusChanged) Accept(v Visitor) { v.VisitBlastRadiusChanged(e) }

func (e BlastRadiusChanged) traits() traits {
	return ignorable | editable | content.when(e.Text != "" || len(e.CustomerNames) > 0)
}

func (BlastRadiusChanged) evolve(s State, _ Meta) State {
	s.blasts++
	return s
}
