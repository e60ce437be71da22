package deploy_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/test/deploy"
)

func TestExpandWorksAsCompose(t *testing.T) {
	t.Parallel()
	variables := deploy.Variables("# a comment with = in it\n\nSET=value\nEMPTY=\n")
	for value, want := range map[string]string{
		"plain":               "plain",
		"${SET}":              "value",
		"a ${SET:-other} b":   "a value b",
		"${EMPTY:-other}":     "other",
		"${UNKNOWN:-x}${SET}": "xvalue",
		"${UNKNOWN}":          "",
		"${SET:?say so}":      "value",
	} {
		if got, err := deploy.Expand(value, variables); err != nil || got != want {
			t.Errorf("Expand(%q) = %q, %v; want %q", value, got, err, want)
		}
	}
	if got, err := deploy.Expand("${EMPTY:?say so}", variables); err == nil {
		t.Errorf("an empty variable that is required became %q", got)
	}
}
