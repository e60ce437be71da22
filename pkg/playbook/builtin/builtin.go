package builtin

import (
	"embed"
	"io/fs"
)

//go:embed *.yaml
var files embed.FS

// Files holds the documents, *.yaml at its root, as pkg/catalog reads them.
func Files() fs.FS { return files }
