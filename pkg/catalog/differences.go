package catalog

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxShown bounds how much of a value a difference shows, in characters.
const maxShown = 60

// differences says field by field what changes between two resources, either of
// which may be nil.
func differences(before, after *Resource) []string {
	was, is := fields(before), fields(after)
	var lines []string
	for path, value := range is {
		if old, had := was[path]; !had {
			lines = append(lines, fmt.Sprintf("%s: %s", path, value))
		} else if old != value {
			lines = append(lines, fmt.Sprintf("%s: %s → %s", path, old, value))
		}
	}
	for path, old := range was {
		if _, has := is[path]; !has && after != nil {
			lines = append(lines, fmt.Sprintf("%s: %s → (none)", path, old))
		}
	}
	slices.Sort(lines)
	return lines
}

// fields flattens a resource into paths and values as documents spell them.
func fields(r *Resource) map[string]string {
	flat := map[string]string{}
	if r == nil {
		return flat
	}
	if r.ManagedBy != "" {
		flat["managed_by"] = r.ManagedBy
	}
	flatten(flat, "", specNode(r.Spec))
	return flat
}

func flatten(flat map[string]string, path string, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			flatten(flat, strings.TrimPrefix(path+"."+n.Content[i].Value, "."), n.Content[i+1])
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			flatten(flat, fmt.Sprintf("%s[%d]", path, i), item)
		}
	default:
		flat[path] = clip(n.Value)
	}
}

func clip(s string) string {
	runes := []rune(strings.ReplaceAll(s, "\n", "⏎"))
	if len(runes) <= maxShown {
		return string(runes)
	}
	return string(runes[:maxShown]) + "…"
}
