package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/runbook"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func (a *app) runbooksCommand() *cobra.Command {
	c := group("runbooks", "Find alerts without a runbook, and runbooks without contents", a.runbooksCheckCommand(), a.runbooksListCommand())
	c.Aliases = []string{"runbook"}
	return c
}

// runbookCheck is what `runbooks check` looks at.
type runbookCheck struct {
	index, base, dir string
	library          bool
}

// checkedRunbook is the finding of one alert or runbook, for scripts.
type checkedRunbook struct {
	Where   string          `json:"where"`
	Name    string          `json:"name"`
	Outcome runbook.Outcome `json:"outcome,omitempty"`
	Link    string          `json:"link,omitempty"`
	Runbook string          `json:"runbook,omitempty"`
	// Lacks are parts that a runbook lacks.
	Lacks []string `json:"lacks,omitempty"`
}

func (c checkedRunbook) wrong() bool {
	return c.Outcome != runbook.Linked && c.Outcome != "" || len(c.Lacks) > 0
}

func (a *app) runbooksCheckCommand() *cobra.Command {
	var check runbookCheck
	c := &cobra.Command{
		Use: "check [RULES.yaml…]", Short: "Check that alerts lead to runbooks; exits 1 when one does not",
		Long: `Check that every alerting rule of Prometheus in files, plain or as PrometheusRule,
leads to a runbook: linked, dangling (it names one that is not there), placeholder
(TODO and the like) or missing. Without files it checks the alerts that are firing, with
the runbooks of the catalog. With --dir it checks that the runbooks of a folder, in
Markdown, hold what the playbook's checklist for runbooks asks for; they also count as
the pages that there are. Addresses are not fetched: say with --index or --dir which
pages there are, and with --base of which site. Exits 1 when something is wrong.`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.runbooksCheck(cmd.Context(), check, args) },
	}
	flags := c.Flags()
	flags.StringVar(&check.index, "index", "", "a file with the ends of addresses that there are, one a line")
	flags.StringVar(&check.base, "base", "", "judge only addresses that begin so by the index or the folder")
	flags.StringVar(&check.dir, "dir", "", "a folder of runbooks in Markdown")
	flags.BoolVar(&check.library, "library", false, "let the runbooks of the catalog count for rules in files")
	return c
}

func (a *app) runbooksCheck(ctx context.Context, check runbookCheck, files []string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	found := []checkedRunbook{}
	library := &runbook.Library{}
	firing := len(files) == 0 && check.dir == ""
	if firing || check.library {
		if library, err = a.runbookLibrary(ctx); err != nil {
			return err
		}
	}
	library.Base = check.base
	if check.dir != "" {
		if found, library.Pages, err = checkRunbookDir(check.dir); err != nil {
			return err
		}
	}
	if check.index != "" {
		data, err := os.ReadFile(check.index)
		if err != nil {
			return fault.FieldUsagef("index", "%w", err)
		}
		library.Pages = append(library.Pages, strings.Fields(string(data))...)
	}
	more, err := checkRules(library, files)
	if firing && err == nil {
		more, err = a.checkFiring(ctx, library)
	}
	if err != nil {
		return err
	}
	found = append(found, more...)
	if err := p.Print(output.Document{Value: map[string]any{"checked": found}, Blocks: runbookRows(found)}); err != nil {
		return err
	}
	if slices.ContainsFunc(found, checkedRunbook.wrong) {
		return fault.Stop(fault.Refused)
	}
	return nil
}

// checkRules judges the rules of files.
func checkRules(library *runbook.Library, files []string) ([]checkedRunbook, error) {
	var found []checkedRunbook
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fault.Usagef("%w", err)
		}
		rules, err := runbook.ParseRules(data)
		if err != nil {
			return nil, fault.Usagef("%s: %w", name, err)
		}
		for _, r := range rules {
			found = append(found, judged(name+":"+strconv.Itoa(r.Line), r.Name, library.Find(r.Alert)))
		}
	}
	return found, nil
}

func judged(where, name string, f runbook.Finding) checkedRunbook {
	return checkedRunbook{Where: where, Name: name, Outcome: f.Outcome, Link: f.Link, Runbook: f.Name}
}

// checkRunbookDir judges the contents of runbooks, and says which there are.
func checkRunbookDir(dir string) (found []checkedRunbook, pages []string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fault.FieldUsagef("dir", "%w", err)
	}
	defer func() { _ = root.Close() }()
	pages = []string{}
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".md" || strings.HasPrefix(entry.Name(), "_") {
			return err
		}
		data, err := fs.ReadFile(root.FS(), name)
		if err != nil {
			return err
		}
		page := strings.TrimSuffix(name, ".md")
		pages = append(pages, page)
		found = append(found, checkedRunbook{Where: filepath.Join(dir, filepath.FromSlash(name)), Name: page, Lacks: runbook.Lacks(data)})
		return nil
	})
	switch {
	case err != nil:
		return nil, nil, fault.FieldUsagef("dir", "%w", err)
	case len(pages) == 0:
		return nil, nil, fault.FieldUsagef("dir", "%w", errors.New(dir+" holds no file that ends in .md"))
	}
	return found, pages, nil
}

// checkFiring judges the alerts that are firing.
func (a *app) checkFiring(ctx context.Context, library *runbook.Library) ([]checkedRunbook, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	judge := func(alert *signalv1.Alert) checkedRunbook {
		return judged(shortAlert(alert.GetId()), alert.GetTitle(), library.Find(runbookAlert(alert.GetLabels(), alert.GetAnnotations())))
	}
	found, _, err := collect(ctx, a, true, 0, "", func(ctx context.Context, size int32, token string) ([]checkedRunbook, string, error) {
		page, err := s.Alerts.ListAlerts(ctx, &signalv1.ListAlertsRequest{Open: true, PageSize: size, PageToken: token})
		return each(page.GetAlerts(), judge), page.GetNextPageToken(), err
	})
	return found, err
}

func runbookAlert(labels, annotations map[string]string) runbook.Alert {
	return runbook.Alert{Name: labels["alertname"], Labels: labels, Annotations: annotations}
}

// runbookLibrary reads the runbooks and services of the catalog.
func (a *app) runbookLibrary(ctx context.Context) (*runbook.Library, error) {
	s, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	return a.libraryOf(ctx, s)
}

func (a *app) libraryOf(ctx context.Context, s *session) (*runbook.Library, error) {
	library := &runbook.Library{}
	for _, kind := range []string{"runbook", "service"} {
		found, err := a.resources(ctx, s, kind)
		if err != nil {
			return nil, fmt.Errorf("read the catalog: %w", err)
		}
		for _, r := range found {
			catalog.AddRunbooks(library, r.GetName(), r.GetSpec())
		}
	}
	return library, nil
}

func runbookRows(found []checkedRunbook) []output.Block {
	rows := output.Rows{Columns: []string{"where", "name", "outcome", "says"}, Shrink: 4, Empty: "There was nothing to check."}
	counts := map[string]int{}
	for _, c := range found {
		outcome, says := string(c.Outcome), c.Link
		if c.Outcome == "" {
			outcome, says = "complete", ""
			if len(c.Lacks) > 0 {
				outcome, says = "lacks", strings.Join(c.Lacks, ", ")
			}
		}
		counts[outcome]++
		tone := output.Good
		if c.wrong() {
			tone = output.Bad
		}
		rows.Rows = append(rows.Rows, []output.Cell{output.T(output.Dim, c.Where), output.T(output.Strong, c.Name), output.T(tone, outcome), output.P(says)})
	}
	var sums []string
	for _, outcome := range []string{"linked", "dangling", "placeholder", "missing", "complete", "lacks"} {
		if counts[outcome] > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", counts[outcome], outcome))
		}
	}
	blocks := []output.Block{rows}
	if len(sums) > 0 {
		blocks = append(blocks, output.Line{output.P(strings.Join(sums, ", "))})
	}
	return blocks
}

// listedRunbook is a runbook of the catalog, for scripts.
type listedRunbook struct {
	Name   string   `json:"name"`
	URL    string   `json:"url"`
	Alerts []string `json:"alerts"`
}

func (a *app) runbooksListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Aliases: []string{"ls"}, Short: "List the runbooks of the catalog and the alerts that they are for", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			library, err := a.runbookLibrary(cmd.Context())
			if err != nil {
				return err
			}
			list := []listedRunbook{}
			rows := output.Rows{Columns: []string{"runbook", "for the alerts", "kept at"}, Shrink: 3, Empty: "There are no runbooks: apply resources of the kind Runbook."}
			for _, e := range library.Entries {
				list = append(list, listedRunbook{Name: e.Name, URL: e.URL, Alerts: append([]string{}, e.Alerts...)})
				rows.Rows = append(rows.Rows, []output.Cell{output.T(output.Strong, e.Name), output.P(strings.Join(e.Alerts, ", ")), output.P(e.URL)})
			}
			return p.Print(output.Document{Value: map[string]any{"runbooks": list}, Blocks: []output.Block{rows}})
		},
	}
}
