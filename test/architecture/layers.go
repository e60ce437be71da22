package architecture

import (
	"fmt"
	"go/parser"
	"io/fs"
	"slices"
	"strings"
)

// below names, for each layer, the layers that it may import besides itself.
// Imports run one way: cmd → services → pkg → proto. Tests look at everything;
// tools are modules of their own that nothing else imports.
func below(layer string) []string {
	switch layer {
	case "test":
		return []string{"cmd", "services", "pkg", "proto"}
	case "cmd":
		return []string{"services", "pkg", "proto"}
	case "services":
		return []string{"pkg", "proto"}
	case "pkg":
		return []string{"proto"}
	default:
		return nil
	}
}

// Layers finds imports that run against the layers, imports of one service by
// another, and imports from outside of what a service keeps below its root.
func Layers(root fs.FS) ([]Violation, error) {
	files, err := sources(root, ".", parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var violations []Violation
	for _, file := range files {
		for _, imported := range file.imports() {
			target, ours := strings.CutPrefix(imported, Module)
			if !ours {
				continue
			}
			if rule := crossing(file.path, target); rule != "" {
				violations = append(violations, Violation{Path: file.path, Rule: rule})
			}
		}
	}
	return violations, nil
}

// crossing says what is wrong when the file at from imports the package to, both
// relative to the root, or returns an empty string.
func crossing(from, to string) string {
	layer, target := first(from), first(to)
	switch {
	case layer == "services" && target == "services":
		if second(from) != second(to) {
			return fmt.Sprintf("a service imports another: %s; they meet in the log and over gRPC", to)
		}
	case layer == target:
	case !slices.Contains(below(layer), target):
		return fmt.Sprintf("%s may not import %s: imports run cmd → services → pkg → proto", layer, to)
	case target == "services" && strings.Count(to, "/") > 1:
		return fmt.Sprintf("%s is inside a service: only its root is for others", to)
	}
	return ""
}

// first returns the first element of a slash-separated path.
func first(name string) string {
	head, _, _ := strings.Cut(name, "/")
	return head
}

// second returns the second element of a slash-separated path.
func second(name string) string {
	_, tail, _ := strings.Cut(name, "/")
	return first(tail)
}
