package cli

import (
	"slices"
	"strings"
	"testing"
)

func TestTheIncidentMayStandBeforeTheVerb(t *testing.T) {
	t.Parallel()
	root := New(testApp().Deps)
	for given, want := range map[string]string{
		"impact INC-1 set --component api=operational": "impact set INC-1 --component api=operational",
		"impact set INC-1 --component api=operational": "impact set INC-1 --component api=operational",
		"-o json impact 1 set api=operational":         "-o json impact set 1 api=operational",
		"impact --request-id x 1 set api=operational":  "impact --request-id x set 1 api=operational",
		"alerts inc-1 list":                            "alerts list inc-1",
		"note 1 impact 2 set":                          "note 1 impact 2 set",
		"note impact 2 set":                            "note impact 2 set",
		"impact 1 change":                              "impact 1 change",
		"impact -- 1 set":                              "impact -- 1 set",
		"severity 1 SEV-2":                             "severity 1 SEV-2",
		"nonsense 1 set":                               "nonsense 1 set",
		"impact 1":                                     "impact 1",
		"":                                             "",
	} {
		if got := verbFirst(root, strings.Fields(given)); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: got %v, want %s", given, got, want)
		}
	}
}
