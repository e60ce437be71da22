package incident

// ChangeCategory says what kind of cause it was, by which incidents are compared.
// Any responder may, most often when the cause is known. To the category that it
// has already is no event and no error.
type ChangeCategory struct {
	To string // catalog name; whether there is such a category is the caller's to check
}

// CategoryChanged says what kind of cause it was.
type CategoryChanged struct{ From, To string }

// Name returns "change_category".
func (ChangeCategory) Name() string { return "change_category" }

func (c ChangeCategory) decide(s State, _ Context) ([]Event, error) {
	if err := checkName("category", c.To, true); err != nil {
		return nil, err
	}
	if c.To == s.Category {
		return nil, nil
	}
	return []Event{CategoryChanged{From: s.Category, To: c.To}}, nil
}

func (ChangeCategory) conflicts(before, after State) bool { return before.Category != after.Category }

// Type returns "incident.category_changed".
func (CategoryChanged) Type() string { return "incident.category_changed" }

// Accept calls VisitCategoryChanged.
func (e CategoryChanged) Accept(v Visitor) { v.VisitCategoryChanged(e) }

func (CategoryChanged) traits() traits { return ignorable }

func (e CategoryChanged) evolve(s State, _ Meta) State {
	s.Category = e.To
	return s
}
