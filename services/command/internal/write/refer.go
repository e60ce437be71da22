package write

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// errHidden is the answer for what does not exist and for what the caller may
// not know of: the same words, so that nothing can be learned from them.
func errHidden(field string) error {
	return &incident.Rejection{
		Kind: incident.NotFound, Field: field, Reason: "no_such_incident",
		Message: "there is no such incident: check its number",
	}
}

// refer finds the incident that a field names: "INC-41", "41" or the full id.
func (s *Service) refer(ctx context.Context, field, name string) (incident.ID, error) {
	if n, ok := parseNumber(name); ok {
		id, err := s.numbers.find(ctx, n)
		if errors.Is(err, eventlog.ErrNotFound) {
			return "", errHidden(field)
		}
		return id, err
	}
	if id := incident.ID(name); id.Valid() {
		return id, nil
	}
	return "", errHidden(field)
}

// parseNumber reads "INC-41", "inc-41", "#41" or "41".
func parseNumber(name string) (uint64, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "inc-"), "#")
	const longest = 15 // ids are longer, so that one made of digits is not taken for a number
	if digits == "" || len(digits) > longest {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil && n > 0
}
