package catalog

import authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"

// tokenKind: a bearer token. Documents can change one but not make one, since its
// secret has to be shown to somebody once.
func tokenKind() Kind {
	return Kind{Name: "token", Title: "Token", check: func(c *checker, r *Resource) {
		s := r.Spec.GetToken()
		c.needRole(r, "", authv1.AccountRole_ACCOUNT_ROLE_ADMIN, "changing tokens")
		if r.TokenHash.IsZero() {
			c.violate(r, "", "no_secret", "a token cannot be made by a document: run bridgelog token create")
		}
		c.refer(r, "spec.person", "person", s.GetPerson())
		person := c.byKey["person/"+s.GetPerson()]
		if person != nil && s.GetPerson() != "" && s.GetRole() > person.Spec.GetPerson().GetRole() {
			c.violate(r, "spec.role", "more_than_person",
				"the token may do more than "+person.Name+", who is "+roleTitle(person.Spec.GetPerson().GetRole())+": give it that role or a lesser one")
		}
		if s.GetImpersonate() && s.GetPerson() != "" {
			c.violate(r, "spec.impersonate", "not_for_people", "only the tokens of our own services act on behalf of others: leave out person, or impersonate")
		}
	}}
}
