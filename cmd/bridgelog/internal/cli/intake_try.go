package cli

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	"github.com/bridgelog/bridgelog/pkg/mapping"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// maxPayload bounds what is read of a payload, in bytes.
const maxPayload = 4 << 20

// mappedAlert is an alert that a mapping makes, for scripts.
type mappedAlert struct {
	Fingerprint string            `json:"fingerprint"`
	State       string            `json:"state"`
	Title       string            `json:"title"`
	Description string            `json:"description,omitempty"`
	Labels      map[string]string `json:"labels"`
	StartedTime *time.Time        `json:"started_time,omitempty"`
	EndedTime   *time.Time        `json:"ended_time,omitempty"`
	URL         string            `json:"url,omitempty"`
	RunbookURL  string            `json:"runbook_url,omitempty"`
}

func (a *app) intakeTryCommand() *cobra.Command {
	var file, sender string
	c := &cobra.Command{
		Use: "try -f FILE PAYLOAD", Short: "Show which alerts a mapping makes of a payload; nothing is sent", Args: exactly(1),
		Long: `Show which alerts the mapping of a Sender in a file makes of a payload, which is a file
with JSON, or - for the input. It needs no system, and sends nothing.`,
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			spec, err := a.mappingIn(file, sender)
			if err != nil {
				return err
			}
			m, err := mapping.Compile(spec)
			if err != nil {
				return fault.Problems(err, "the mapping cannot be used")
			}
			payload, err := a.readPayload(args[0])
			if err != nil {
				return err
			}
			items, err := m.Read(payload)
			if err != nil {
				return fault.Usagef("%s: %w", args[0], err)
			}
			found := make([]mappedAlert, len(items))
			for i := range items {
				found[i] = mapped(&items[i])
			}
			return p.Print(output.Document{Value: map[string]any{"alerts": found}, Blocks: a.mappedBlocks(found)})
		},
	}
	c.Flags().StringVarP(&file, "file", "f", "", "the file with the sender")
	c.Flags().StringVar(&sender, "sender", "", "which sender, when the file has several with a mapping")
	return c
}

// mappingIn finds the mapping of a sender in a file.
func (a *app) mappingIn(file, sender string) (*catalogv1.MappingSpec, error) {
	if file == "" {
		return nil, fault.FieldUsagef("file", "which mapping? name the file with -f")
	}
	parsed, err := a.readResourceFiles(file)
	if err != nil {
		return nil, fault.Problems(err, "nothing was tried")
	}
	specs := map[string]*catalogv1.MappingSpec{}
	for _, one := range parsed {
		if m := one.Resource.GetSpec().GetSender().GetMapping(); m != nil {
			specs[one.Resource.GetName()] = m
		}
	}
	names := slices.Sorted(maps.Keys(specs))
	switch {
	case len(specs) == 0:
		return nil, fault.FieldUsagef("file", "%s has no sender with a mapping", file)
	case sender != "" && specs[sender] == nil:
		return nil, fault.FieldUsagef("sender", "%s has no sender %q with a mapping: there are %s", file, sender, strings.Join(names, ", "))
	case sender == "" && len(names) > 1:
		return nil, fault.FieldUsagef("sender", "which sender? --sender %s", strings.Join(names, "|"))
	case sender == "":
		sender = names[0]
	}
	return specs[sender], nil
}

// readPayload reads a file, or the input for "-".
func (a *app) readPayload(name string) ([]byte, error) {
	from := a.In
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fault.Usagef("%w", err)
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	data, err := io.ReadAll(io.LimitReader(from, maxPayload+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", name, err)
	case len(data) > maxPayload:
		return nil, fault.Usagef("%s has more than %d bytes", name, maxPayload)
	case len(data) == 0:
		return nil, fault.Usagef("%w", errors.New(name+" is empty"))
	}
	return data, nil
}

func mapped(i *mapping.Item) mappedAlert {
	m := mappedAlert{
		Fingerprint: i.Fingerprint, State: "resolved", Title: i.Title, Description: i.Description, Labels: i.Labels, URL: i.URL, RunbookURL: i.RunbookURL,
	}
	if i.Firing {
		m.State = "firing"
	}
	if !i.StartsAt.IsZero() {
		m.StartedTime = &i.StartsAt
	}
	if !i.EndsAt.IsZero() {
		m.EndedTime = &i.EndsAt
	}
	return m
}

func (a *app) mappedBlocks(found []mappedAlert) []output.Block {
	if len(found) == 0 {
		return []output.Block{output.Line{output.P("The payload tells of no alert.")}}
	}
	var blocks []output.Block
	for i := range found {
		m := &found[i]
		fields := output.Fields{{Name: "fingerprint", Value: output.P(m.Fingerprint)}, {Name: "labels", Value: output.P(fewLabels(m.Labels))}}
		for _, t := range []struct {
			name string
			at   *time.Time
		}{{"began", m.StartedTime}, {"ended", m.EndedTime}} {
			if t.at != nil {
				fields = append(fields, output.Field{Name: t.name, Value: output.P(a.clock().Time(*t.at))})
			}
		}
		fields = append(fields, output.Field{Name: "description", Value: output.P(m.Description)},
			output.Field{Name: "link", Value: output.P(m.URL)}, output.Field{Name: "runbook", Value: output.P(m.RunbookURL)})
		blocks = append(blocks, output.Line{alertStateCell(view.AlertEpisode{State: m.State}), output.T(output.Strong, m.Title)}, fields)
	}
	return blocks
}
