package cli

import (
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
)

// readLabels reads --label name=value; a value may stand in quotation marks.
func readLabels(pairs []string) (map[string]string, error) {
	labels := make(map[string]string, len(pairs))
	for _, pair := range pairs {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return nil, fault.FieldUsagef("label", "--label %s: write it as name=value", pair)
		}
		labels[name] = strings.Trim(value, `"`)
	}
	return labels, nil
}
