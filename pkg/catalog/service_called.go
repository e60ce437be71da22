package catalog

import "strings"

// ServiceCalled is the name that the catalog has for what somebody calls a service: that
// of the service with this name or display name, in any case. What the catalog does not
// know is returned as it is.
func (s *State) ServiceCalled(called string) string {
	if r, ok := s.Get("service", called); ok {
		return r.Name
	}
	for _, r := range s.List("service") {
		if strings.EqualFold(r.Name, called) || strings.EqualFold(r.Spec.GetService().GetDisplayName(), called) && called != "" {
			return r.Name
		}
	}
	return called
}
