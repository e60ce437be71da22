package architecture

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// contractsBelow names, for each proto package, the packages of ours that it may
// import besides itself. What is stored (log, events) never depends on what is
// asked (services), so a service can change without touching the log.
func contractsBelow(pkg string) []string {
	switch pkg {
	case "incident/v1", "status/v1":
		return []string{"auth/v1"}
	case "signal/v1": // pages say whom the catalog names
		return []string{"auth/v1", "incident/v1", "catalog/v1"}
	case "catalog/v1", "notify/v1":
		return []string{"auth/v1", "incident/v1"}
	case "timeline/v1": // reads what all of them write
		return []string{"auth/v1", "incident/v1", "signal/v1"}
	default: // auth/v1 and log/v1 stand at the bottom.
		return nil
	}
}

// Contracts finds proto files that import a package which they should not know.
func Contracts(root fs.FS) ([]Violation, error) {
	var violations []Violation
	err := fs.WalkDir(root, "proto", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".proto" {
			return err
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		pkg := strings.TrimPrefix(path.Dir(name), "proto/")
		for _, imported := range protoImports(content) {
			ours, err := fs.Stat(root, path.Join("proto", imported))
			if err != nil || ours.IsDir() {
				continue // A dependency's file.
			}
			target := path.Dir(imported)
			if target != pkg && !slices.Contains(contractsBelow(pkg), target) {
				violations = append(violations, Violation{
					Path: name,
					Rule: fmt.Sprintf("%s may not import %s", pkg, imported),
				})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read protos: %w", err)
	}
	return violations, nil
}

// protoImports returns the paths that a proto file imports.
func protoImports(content []byte) []string {
	var imports []string
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) > 1 && fields[0] == "import" {
			imports = append(imports, strings.Trim(fields[len(fields)-1], `";`))
		}
	}
	return imports
}
