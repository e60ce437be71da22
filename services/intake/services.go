package intake

import "github.com/bridgelog/bridgelog/pkg/catalog"

// serviceName is the name that the catalog has now for what a sender calls a service.
func serviceName(follower *catalog.Follower) func(called string) string {
	return func(called string) string { return follower.State().ServiceCalled(called) }
}
