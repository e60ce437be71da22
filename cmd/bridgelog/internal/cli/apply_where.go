package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
)

// parsedFiles are the resources that were read, in the order in which they are sent,
// and by "kind/name".
type parsedFiles struct {
	inOrder []resourcefile.Parsed
	byKey   map[string]resourcefile.Parsed
}

var (
	// placed finds "kind/name: spec.field: " in what the system says.
	placed = regexp.MustCompile(`(^|[ ;])([a-z_]+/[A-Za-z0-9._-]+)(?:: ([a-z_]+[^: ]*))?: `)
	// counted finds "resources[3].spec.service.tier: ", by which the bounds of a request
	// are told.
	counted = regexp.MustCompile(`(^|[ ;])resources\[(\d+)\]([^: ]*): `)
)

// where adds file and line to the resources that the system names.
func where(f *fault.Fault, files parsedFiles) *fault.Fault {
	f.Message = counted.ReplaceAllStringFunc(f.Message, func(found string) string {
		parts := counted.FindStringSubmatch(found)
		n, err := strconv.Atoi(parts[2])
		if err != nil || n >= len(files.inOrder) {
			return found
		}
		r := files.inOrder[n].Resource
		// The path goes through the kind, which documents do not write.
		field := strings.Replace(strings.TrimPrefix(parts[3], "."), "spec."+r.GetKind()+".", "spec.", 1)
		return fmt.Sprintf("%s%s/%s: %s: ", parts[1], r.GetKind(), r.GetName(), field)
	})
	f.Message = placed.ReplaceAllStringFunc(f.Message, func(found string) string {
		parts := placed.FindStringSubmatch(found)
		p, ok := files.byKey[parts[2]]
		if !ok {
			return found
		}
		return fmt.Sprintf("%s%s:%d: %s", parts[1], p.File, p.LineOf(parts[3]), found[len(parts[1]):])
	})
	return f
}
