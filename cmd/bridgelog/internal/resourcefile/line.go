package resourcefile

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// LineOf returns the line of a field by its path, for example "spec.rules[1].within":
// that of the nearest part of the path which is there.
func (p Parsed) LineOf(field string) int {
	line, node := p.Line, p.node
	for step := range strings.SplitSeq(strings.ReplaceAll(field, "[", ".["), ".") {
		if node = below(node, step); node == nil {
			return line
		}
		line = node.Line
	}
	return line
}

// below is the value of a key, or the item of a list when step is "[n]"; nil when
// there is none.
func below(node *yaml.Node, step string) *yaml.Node {
	if node == nil {
		return nil
	}
	inner, isItem := strings.CutPrefix(step, "[")
	if !isItem {
		if node.Kind != yaml.MappingNode {
			return nil
		}
		return child(node, step)
	}
	i, err := strconv.Atoi(strings.TrimSuffix(inner, "]"))
	if err != nil || node.Kind != yaml.SequenceNode || i < 0 || i >= len(node.Content) {
		return nil
	}
	return node.Content[i]
}
