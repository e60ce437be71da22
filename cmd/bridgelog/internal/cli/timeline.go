package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// eachEntry calls take for each entry, page after page, until it returns false.
// It returns the first page, which holds the incident.
func (a *app) eachEntry(
	ctx context.Context, s *session, request *timelinev1.ListEntriesRequest, take func(*timelinev1.Entry) bool,
) (*timelinev1.ListEntriesResponse, error) {
	if request.PageSize == 0 {
		request.PageSize = 500
	}
	var first *timelinev1.ListEntriesResponse
	for {
		limited, cancel := a.deadline(ctx)
		page, err := s.Timeline.ListEntries(limited, request)
		cancel()
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = page
		}
		for _, e := range page.GetEntries() {
			if !take(e) {
				return first, nil
			}
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return first, nil
		}
	}
}

// timelineFlags are what `timeline` looks for.
type timelineFlags struct {
	travel         travel
	bounds         bounds
	hidden, pinned bool
	byTime         bool
	limit          int
}

func (a *app) timelineCommand() *cobra.Command {
	var f timelineFlags
	c := &cobra.Command{
		Use: "timeline [INC]", Short: "Show what happened, now or in the past", Args: atMost(1),
		Long: `Show what happened, in the order in which it was written down.

--known-at T shows what had been written down by T: what did we know at 03:12?
--happened-at T shows what had happened by T, by what is known today.`,
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.timeline(cmd.Context(), f, args)
		},
	}
	flags := c.Flags()
	f.travel.bind(flags)
	f.bounds.bind(flags)
	flags.BoolVar(&f.hidden, "hidden", false, "hidden entries too")
	flags.BoolVar(&f.pinned, "pinned", false, "only pinned entries")
	flags.BoolVar(&f.byTime, "by-time", false, "in the order in which it happened")
	flags.IntVar(&f.limit, "limit", 0, "how many at most; 0 is all")
	return c
}

func (f *timelineFlags) request(a *app, incident string) (*timelinev1.ListEntriesRequest, error) {
	if f.limit < 0 {
		return nil, fault.FieldUsagef("limit", "--limit must not be negative")
	}
	request := &timelinev1.ListEntriesRequest{
		Incident: incident, IncludeHidden: f.hidden, PinnedOnly: f.pinned, PageSize: int32(min(f.limit, 500)),
	}
	if f.byTime {
		request.Order = timelinev1.EntryOrder_ENTRY_ORDER_OCCURRED
	}
	var err error
	request.Since, request.Until, err = f.bounds.read(a)
	return request, err
}

func (a *app) timeline(ctx context.Context, f timelineFlags, args []string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	incident, _, err := a.splitIncident(args, 0)
	if err != nil {
		return err
	}
	moment, err := f.travel.read(a)
	if err != nil {
		return err
	}
	request, err := f.request(a, incident)
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	at, err := moment.in(ctx, a, s, incident)
	if err != nil {
		return err
	}
	request.At = at
	var entries []*timelinev1.Entry
	first, err := a.eachEntry(ctx, s, request, func(e *timelinev1.Entry) bool {
		entries = append(entries, e)
		return f.limit == 0 || len(entries) < f.limit
	})
	if err != nil {
		return err
	}
	imported, err := a.importedAt(ctx, s, first.GetIncident(), entries)
	if err != nil {
		return err
	}
	in := view.OfIncident(first.GetIncident())
	head := output.Line{output.T(output.Strong, in.Name), severityCell(in.Severity), statusCell(in.Status), output.T(output.Strong, in.Title)}
	blocks := append(a.banner(at), append(head, a.marks(s, &in)...))
	if !imported.IsZero() {
		blocks = append(blocks, output.Line{output.T(output.Dim, "imported "+a.clock().Time(imported)), output.T(output.Dim, source(in))})
	}
	for _, e := range entries {
		blocks = append(blocks, a.entryBlocks(e, look{imported: imported})...)
	}
	if len(entries) == 0 {
		blocks = append(blocks, output.Line{output.P("No entries.")})
	}
	return p.Print(output.Document{
		Value:  view.Timeline{Incident: in, Entries: view.Entries(entries), Position: first.GetPosition()},
		Blocks: blocks,
	})
}
