package incident

// PostUpdate tells the team how things stand; the internal clock starts again.
// Any responder may.
type PostUpdate struct {
	Text   string // Markdown, required
	Author string // who said it, when that is nobody with an account
}

// UpdatePosted says that somebody told the team how things stand.
type UpdatePosted struct {
	Text, Author string // content
}

// Name returns "post_update".
func (PostUpdate) Name() string { return "post_update" }

func (c PostUpdate) decide(State, Context) ([]Event, error) {
	if err := checkSaying(c.Text, c.Author); err != nil {
		return nil, err
	}
	return []Event{UpdatePosted(c)}, nil
}

// checkSaying checks what somebody said and who it was.
func checkSaying(text, author string) error {
	if err := checkRequired("text", text, MaxText); err != nil {
		return err
	}
	return checkName("author", author, false)
}

func (PostUpdate) conflicts(_, _ State) bool { return false }

// Type returns "incident.update_posted".
func (UpdatePosted) Type() string { return "incident.update_posted" }

// Accept calls VisitUpdatePosted.
func (e UpdatePosted) Accept(v Visitor) { v.VisitUpdatePosted(e) }

func (e UpdatePosted) traits() traits { return ignorable | editable | content.when(e.Text != "") }

func (UpdatePosted) evolve(s State, _ Meta) State { return s }
