package catalog

import (
	"fmt"

	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// webhookKind: a receiver of events. Its secrets are references, which the proto
// enforces.
func webhookKind() Kind {
	return Kind{Name: "webhook", Title: "Webhook", check: func(c *checker, r *Resource) {
		s := r.Spec.GetWebhook()
		c.link(r, "spec.url", s.GetUrl())
		for i, name := range s.GetServices() {
			c.refer(r, fmt.Sprintf("spec.services[%d]", i), "service", name)
		}
		if s.GetIncludePrivate() {
			c.needRole(r, "spec.include_private", authv1.AccountRole_ACCOUNT_ROLE_ADMIN, "sending private incidents away")
		}
	}}
}
