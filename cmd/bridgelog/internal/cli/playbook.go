package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/playbook"
)

func (a *app) playbookCommand() *cobra.Command {
	return group("playbook", "How this team handles incidents, as files",
		a.playbookInitCommand(), a.playbookVariablesCommand(), a.playbookPreviewCommand())
}

// book is the playbook that counts, and where it comes from.
type book struct {
	*playbook.Playbook

	// system is the one that was asked; empty when nothing answered.
	system string
}

// from says where a kind comes from: "configured" or "built-in".
func (b book) from(kind string) string {
	if b.Configured(kind) {
		return "configured"
	}
	return "built-in"
}

// note says that nothing answered, or nothing.
func (b book) note() []output.Block {
	if b.system != "" {
		return nil
	}
	return []output.Block{output.Line{output.T(output.Warn, "No system answers: this is the built-in playbook.")}}
}

// playbook asks the system what is configured of these kinds. Where nothing answers
// the built-in playbook is better than none.
func (a *app) playbook(ctx context.Context, kinds ...string) (book, error) {
	s, err := a.open(ctx)
	if unreachable(err) {
		p, err := playbook.New(nil)
		return book{Playbook: p}, err
	}
	if err != nil {
		return book{}, err
	}
	defer s.close()
	var configured []*catalog.Resource
	for _, kind := range kinds {
		resources, err := a.resources(ctx, s, kind)
		if err != nil {
			return book{}, err
		}
		for _, r := range resources {
			configured = append(configured, &catalog.Resource{Kind: r.GetKind(), Name: r.GetName(), Spec: r.GetSpec()})
		}
	}
	p, err := playbook.New(configured)
	return book{Playbook: p, system: s.Target.Name}, err
}

func unreachable(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Code == fault.Unreachable
}
