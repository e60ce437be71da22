package catalog

// roleKind: what a role in an incident is for.
func roleKind() Kind {
	return Kind{Name: "role", Title: "Role", check: func(c *checker, r *Resource) {
		for _, other := range c.ofKind(r.Kind) {
			if other.Name != r.Name && other.Spec.GetRole().GetRole() == r.Spec.GetRole().GetRole() {
				c.violate(r, "spec.role", "described_twice", other.Key()+" describes this role already: change or delete that one")
				return
			}
		}
	}}
}
