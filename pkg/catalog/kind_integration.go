package catalog

import (
	"maps"
	"slices"
	"strings"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// integrationKind: a system that Bridgelog speaks with. Its secrets are references,
// which the proto enforces; settings must not hold one by mistake.
func integrationKind() Kind {
	return Kind{Name: "integration", Title: "Integration", check: func(c *checker, r *Resource) {
		s := r.Spec.GetIntegration()
		if s.GetType() == TypeSMTP {
			if !c.settled { // one from before this type had a form is told of when it is used
				c.smtp(r)
			}
		} else {
			c.link(r, "spec.url", s.GetUrl())
		}
		if len(s.GetSecrets()) > 0 && (s.GetType() == "prometheus" || s.GetType() == TypeSMTP) {
			// What is sent goes where the URL says.
			c.needRole(r, "spec.secrets", authv1.AccountRole_ACCOUNT_ROLE_ADMIN, "sending secrets to an address")
		}
		for _, name := range slices.Sorted(maps.Keys(s.GetSettings())) {
			if soundsSecret(name) {
				c.violate(r, "spec.settings."+name, "secret_value",
					"this sounds like a secret, and settings are read by everybody: move it to secrets as env:NAME or file:PATH")
			}
		}
	}}
}

// smtp checks what a mail server needs.
func (c *checker) smtp(r *Resource) {
	_, flaws := SMTPOf(r.Spec.GetIntegration())
	for _, f := range flaws {
		c.violate(r, f.Field, f.Reason, f.Message)
	}
}

// soundsSecret reports whether a setting's name is one that secrets have.
func soundsSecret(name string) bool {
	name = strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name))
	return slices.ContainsFunc([]string{"password", "passwd", "secret", "token", "apikey", "privatekey", "credential"}, func(word string) bool {
		return strings.HasSuffix(name, word) || strings.HasSuffix(name, word+"s")
	})
}
