package cli

import (
	"slices"
	"testing"
)

func TestTheIncidentMayStandBeforeTheVerb(t *testing.T) {
	t.Parallel()
	for given, want := range map[string][]string{
		"before": {"impact", "set", "INC-1", "--component", "api=operational"},
		"after":  {"impact", "set", "INC-1", "--component", "api=operational"},
		"global": {"-o", "json", "impact", "set", "INC-1"},
	} {
		args := map[string][]string{
			"before": {"impact", "INC-1", "set", "--component", "api=operational"},
			"after":  {"impact", "set", "INC-1", "--component", "api=operational"},
			"global": {"-o", "json", "impact", "INC-1", "set"},
		}[given]
		if got := verbFirst(args); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", given, got, want)
		}
	}
}
