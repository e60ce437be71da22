package catalog

// runbookKind: what to do when an alert comes.
func runbookKind() Kind {
	return Kind{Name: "runbook", Title: "Runbook", check: func(c *checker, r *Resource) {
		s := r.Spec.GetRunbook()
		c.link(r, "spec.url", s.GetUrl())
		c.refer(r, "spec.owner", "team", s.GetOwner())
		if s.GetUrl() == "" && s.GetText() == "" {
			c.violate(r, "spec.url", "empty", "a runbook needs a url, a text, or both")
		}
	}}
}
