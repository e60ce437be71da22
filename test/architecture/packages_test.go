package architecture_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/test/architecture"
)

func TestPackagesAreNamedAfterWhatTheyProvide(t *testing.T) {
	t.Parallel()
	holds(t, architecture.Names)
}

func TestNamesFindsEmptyOnes(t *testing.T) {
	t.Parallel()
	finds(t, architecture.Names, map[string]string{
		"pkg/chain/chain.go":        "package chain\n",
		"pkg/helpers/text.go":       "package helpers\n",
		"pkg/helpers/text_test.go":  "package helpers_test\n",
		"services/command/types.go": "package command\n",
	},
		"pkg/helpers/text.go", "pkg/helpers/text_test.go",
	)
}

func TestPackagesAreDocumented(t *testing.T) {
	t.Parallel()
	holds(t, architecture.Docs)
}

func TestDocsFindsMissingOnes(t *testing.T) {
	t.Parallel()
	finds(t, architecture.Docs, map[string]string{
		"pkg/chain/doc.go":             "// Package chain links events.\npackage chain\n",
		"pkg/chain/chain.go":           "package chain\n",
		"cmd/bridgelog/doc.go":         "// Command bridgelog is the one binary.\npackage main\n",
		"proto/gen/log/v1/x.pb.go":     "package logv1\n",
		"test/e2e/e2e_test.go":         "package e2e_test\n",
		"pkg/elsewhere/elsewhere.go":   "// Package elsewhere says so in the wrong file.\npackage elsewhere\n",
		"pkg/undocumented/a.go":        "package undocumented\n",
		"pkg/misnamed/doc.go":          "// Package other is called otherwise.\npackage misnamed\n",
		"cmd/bridgelog/client/doc.go":  "// Command bridgelog is not this package.\npackage client\n",
		"services/command/mention.go":  "package command\n",
		"services/command/doc_test.go": "// Package command is for tests.\npackage command\n",
	},
		"pkg/elsewhere", "pkg/undocumented", "pkg/misnamed", "cmd/bridgelog/client", "services/command",
	)
}
