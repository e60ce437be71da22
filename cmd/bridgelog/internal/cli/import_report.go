package cli

import (
	"context"
	"fmt"
	"regexp"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// printImport tells what became of an import.
func (a *app) printImport(p output.Printer, report view.ImportReport, work importer.Batch, dryRun bool) error {
	var blocks []output.Block
	add := func(tone output.Tone, format string, args ...any) {
		blocks = append(blocks, output.Line{output.T(tone, fmt.Sprintf(format, args...))})
	}
	if dryRun {
		add(output.Plain, "%d histories with %d acts and %d components; nothing was sent", report.Histories, work.Events(), len(work.Components))
	} else {
		rate := ""
		if report.PerSecond > 0 {
			rate = fmt.Sprintf(" in %.1f s (%.0f/s)", report.Seconds, report.PerSecond)
		}
		add(output.Good, "%s imported%s: %s%s", count(report.Imported, "incident"), already(report), count(report.Events, "event"), rate)
		if report.Components > 0 {
			add(output.Plain, "%s added to the catalog", count(report.Components, "component"))
		}
	}
	for _, s := range report.Skipped[:min(len(report.Skipped), 10)] {
		add(output.Warn, "skipped %s: %s", place(s), s.Error)
	}
	if more := len(report.Skipped) - 10; more > 0 {
		add(output.Warn, "and %d more", more)
	}
	return p.Print(output.Document{Value: report, Blocks: blocks})
}

// already tells of incidents that an earlier import had brought.
func already(report view.ImportReport) string {
	switch {
	case report.Existed == 0:
		return ""
	case report.Grown == 0:
		return fmt.Sprintf(", %d there already", report.Existed)
	}
	return fmt.Sprintf(", %d there already (%d with news)", report.Existed, report.Grown)
}

// count is a number with its noun.
func count[N int | uint64](n N, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// place is where a line stands; a file that cannot be read at all has no line.
func place(s view.SkippedLine) string {
	if s.Line == 0 {
		return s.File
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// addComponents adds those components to the catalog that it does not have;
// those that it has are left as people made them.
func (a *app) addComponents(ctx context.Context, s *session, components []importer.Component) (int, error) {
	existing, err := a.resources(ctx, s, "component")
	if err != nil {
		return 0, err
	}
	known := map[string]bool{}
	for _, r := range existing {
		known[r.GetName()] = true
		known[r.GetSpec().GetComponent().GetPublicId()] = true
	}
	named := map[string]bool{}
	for _, c := range components {
		named[c.ID] = true
	}
	usable := regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	request := &catalogv1.ApplyRequest{ManagedBy: "product", RequestId: a.NewID()}
	for _, c := range components {
		if known[c.ID] || !usable.MatchString(c.ID) {
			continue
		}
		known[c.ID] = true
		spec := &catalogv1.ComponentSpec{
			DisplayName: importer.Clip(c.Name, 128), Description: importer.Clip(c.Description, 1024), Group: c.Group,
			Position: min(max(c.Position, 0), 10000), OnlyShowIfDegraded: c.OnlyShowIfDegraded, PublicId: c.ID, StartDate: c.StartDate,
		}
		if named[c.GroupID] {
			spec.GroupName = c.GroupID
		}
		request.Resources = append(request.Resources, &catalogv1.Resource{
			Kind: "component", Name: c.ID, Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Component{Component: spec}},
		})
	}
	if len(request.GetResources()) == 0 {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 6*a.timeout)
	defer cancel()
	response, err := s.Catalog.Apply(ctx, request)
	if err != nil {
		f := fault.From(err)
		f.Message = "the components could not be added to the catalog: " + f.Message + "; --no-components imports without them"
		return 0, f
	}
	return len(response.GetChanges()), nil
}
