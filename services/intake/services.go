package intake

import (
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
)

// serviceName is the name that the catalog has for what a sender calls a service: that of
// the service with this name or display name, in any case. What the catalog does not know
// is kept as it is.
func serviceName(follower *catalog.Follower) func(called string) string {
	return func(called string) string {
		state := follower.State()
		if r, ok := state.Get("service", called); ok {
			return r.Name
		}
		for _, r := range state.List("service") {
			if strings.EqualFold(r.Name, called) || strings.EqualFold(r.Spec.GetService().GetDisplayName(), called) && called != "" {
				return r.Name
			}
		}
		return called
	}
}
