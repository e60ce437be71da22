package intake

import (
	"strings"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/page"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
)

// serviceName is the name that the catalog has now for what a sender calls a service,
// whatever space is around that.
func serviceName(follower *catalog.Follower) func(called string) string {
	return func(called string) string { return follower.State().ServiceCalled(strings.TrimSpace(called)) }
}

// whom works out whom a page calls, with the catalog as it is.
func whom(follower *catalog.Follower) door.Whom {
	return func(ask page.Ask) (page.Whom, map[string]string) {
		state := follower.State()
		found, names := page.Of(state, ask), map[string]string{}
		for _, r := range found.Recipients {
			names[r.Person] = state.DisplayName(r.Person)
		}
		return found, names
	}
}
