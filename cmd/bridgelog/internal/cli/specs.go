package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
)

// specFields shows a specification one field a line.
func specFields(d resourcefile.Document) output.Fields {
	var fields output.Fields
	for _, name := range slices.Sorted(maps.Keys(d.Spec)) {
		fields = append(fields, output.Field{Name: name, Value: output.P(specValue(d.Spec[name]))})
	}
	return fields
}

// specLine shows a specification on one line.
func specLine(d resourcefile.Document) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(d.Spec)) {
		parts = append(parts, name+"="+specValue(d.Spec[name]))
	}
	return strings.Join(parts, " ")
}

func specValue(value any) string {
	switch v := value.(type) {
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = specValue(item)
		}
		return strings.Join(parts, ",")
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+":"+specValue(v[name]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	return fmt.Sprint(value)
}
