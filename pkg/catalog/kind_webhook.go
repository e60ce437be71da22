package catalog

import (
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/netguard"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// webhookKind: a receiver of events. Its secrets are references, which the proto
// enforces.
func webhookKind() Kind {
	return Kind{Name: "webhook", Title: "Webhook", check: func(c *checker, r *Resource) {
		s := r.Spec.GetWebhook()
		if _, err := netguard.CheckURL(s.GetUrl()); err != nil {
			c.violate(r, "spec.url", "not_callable", quote(s.GetUrl())+": "+err.Error())
		}
		for i, name := range s.GetServices() {
			c.refer(r, fmt.Sprintf("spec.services[%d]", i), "service", name)
		}
		if s.GetIncludePrivate() {
			c.needRole(r, "spec.include_private", authv1.AccountRole_ACCOUNT_ROLE_ADMIN, "sending private incidents away")
		}
	}}
}
