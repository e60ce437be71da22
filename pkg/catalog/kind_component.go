package catalog

// componentKind: what customers know. Groups have one level, as on the pages that
// histories are imported from.
func componentKind() Kind {
	return Kind{Name: "component", Title: "Component", check: func(c *checker, r *Resource) {
		s := r.Spec.GetComponent()
		if s.GetGroupName() == "" {
			return
		}
		if s.GetGroup() {
			c.violate(r, "spec.group_name", "nested_group", "a group cannot stand in a group: leave out group_name")
			return
		}
		c.refer(r, "spec.group_name", "component", s.GetGroupName())
		if group := c.byKey["component/"+s.GetGroupName()]; group != nil && !group.Spec.GetComponent().GetGroup() {
			c.violate(r, "spec.group_name", "not_a_group", quote(s.GetGroupName())+" is no group: set group: true there")
		}
	}}
}
