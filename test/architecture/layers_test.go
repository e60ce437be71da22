package architecture_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/test/architecture"
)

func TestLayersHold(t *testing.T) {
	t.Parallel()
	holds(t, architecture.Layers)
}

func TestLayersFindWrongImports(t *testing.T) {
	t.Parallel()
	finds(t, architecture.Layers, map[string]string{
		// Allowed: downwards, within a service, and the libraries of others.
		"cmd/bridgelog/a.go":             importing(architecture.Module + "services/command"),
		"services/command/a.go":          importing(architecture.Module + "pkg/eventlog"),
		"services/command/b.go":          importing(architecture.Module + "services/command/internal/queue"),
		"pkg/eventlog/a.go":              importing(architecture.Module + "proto/gen/log/v1"),
		"pkg/eventlog/b.go":              importing("example.org/services/command"),
		"test/e2e/a_test.go":             importing(architecture.Module + "pkg/incident"),
		"services/command/testdata/a.go": importing(architecture.Module + "cmd/bridgelog"),

		"services/command/c.go":  importing(architecture.Module + "services/timeline"),
		"services/command/d.go":  importing(architecture.Module + "cmd/bridgelog"),
		"services/command/e.go":  importing(architecture.Module + "test/system"),
		"pkg/eventlog/c_test.go": importing(architecture.Module + "services/command"),
		"proto/gen/a.go":         importing(architecture.Module + "pkg/eventlog"),
		"cmd/bridgelog/b.go":     importing(architecture.Module + "services/command/queue"),
		"cmd/bridgelog/c.go":     importing(architecture.Module + "tools/generate"),
	},
		"services/command/c.go", "services/command/d.go", "services/command/e.go",
		"pkg/eventlog/c_test.go", "proto/gen/a.go", "cmd/bridgelog/b.go", "cmd/bridgelog/c.go",
	)
}

func TestContractsHold(t *testing.T) {
	t.Parallel()
	holds(t, architecture.Contracts)
}

func TestContractsFindWrongImports(t *testing.T) {
	t.Parallel()
	const syntax = "syntax = \"proto3\";\n"
	finds(t, architecture.Contracts, map[string]string{
		"proto/log/v1/record.proto":        syntax + `import "google/protobuf/any.proto";`,
		"proto/log/v1/wrong.proto":         syntax + `import "incident/v1/events.proto";`,
		"proto/incident/v1/events.proto":   syntax + `import public "incident/v1/wrong.proto";`,
		"proto/incident/v1/wrong.proto":    syntax + `import public "timeline/v1/timeline.proto";`,
		"proto/timeline/v1/timeline.proto": syntax + `import "incident/v1/events.proto";`,
	},
		"proto/log/v1/wrong.proto", "proto/incident/v1/wrong.proto",
	)
}
