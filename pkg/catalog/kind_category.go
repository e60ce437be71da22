package catalog

// categoryKind: a kind of cause, by which incidents are compared.
func categoryKind() Kind {
	return Kind{Name: "category", Title: "Category", check: func(c *checker, r *Resource) {
		s := r.Spec.GetCategory()
		c.refer(r, "spec.parent", "category", s.GetParent())
		c.refer(r, "spec.owner", "team", s.GetOwner())
		if within := s.GetReview().GetWithin(); s.GetReview() != nil && within.AsDuration() <= 0 {
			c.violate(r, "spec.review.within", "not_positive", "the time has to be longer than nothing, for example 2160h")
		}
		if held := s.GetReview().GetHeldWithin(); held != nil && held.AsDuration() <= 0 {
			c.violate(r, "spec.review.held_within", "not_positive", "the time has to be longer than nothing, for example 336h")
		}
		c.noCircle(r, "spec.parent", "these categories contain each other", func(r *Resource) []string {
			return one(r.Spec.GetCategory().GetParent())
		})
	}}
}
