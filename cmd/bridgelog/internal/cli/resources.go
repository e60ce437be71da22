package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/resourcefile"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// kindOf reads a kind as a person writes it.
func kindOf(word string) (string, error) {
	kind, ok := resourcefile.Kind(word)
	if !ok {
		return "", fault.FieldUsagef("kind", "unknown kind %q: use one of %s", word, strings.Join(resourcefile.Kinds(), ", "))
	}
	return kind, nil
}

// completeKind completes a kind, then a name of that kind.
func (a *app) completeKind(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return resourcefile.Kinds(), cobra.ShellCompDirectiveNoFileComp
	}
	kind, ok := resourcefile.Kind(args[0])
	if !ok || len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeResources(kind)(cmd, args, typed)
}

func (a *app) getCommand() *cobra.Command {
	var knownAt string
	c := &cobra.Command{
		Use: "get KIND [NAME]", Short: "Show resources; -o yaml can be applied again", ValidArgsFunction: a.completeKind,
		Long: "Show resources of a kind: " + strings.Join(resourcefile.Kinds(), ", ") + ", or all. With --known-at as they were then.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fault.FieldUsagef("kind", "which kind? Use one of %s, or all", strings.Join(resourcefile.Kinds(), ", "))
			}
			return atMost(2)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			kind := ""
			if args[0] != "all" || len(args) > 1 {
				if kind, err = kindOf(args[0]); err != nil {
					return err
				}
			}
			at, err := a.knownAt(knownAt)
			if err != nil {
				return err
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			if len(args) == 2 {
				return a.getOne(cmd.Context(), s, p, &catalogv1.GetResourceRequest{Kind: kind, Name: args[1], KnownTime: at})
			}
			return a.getAll(cmd.Context(), s, p, &catalogv1.ListResourcesRequest{Kind: kind, KnownTime: at})
		},
	}
	c.Flags().StringVar(&knownAt, "known-at", "", "as known at this time: 14:05, -2h, RFC 3339 (also --as-known-at)")
	return c
}

// knownAt reads a time of the past; nil is now.
func (a *app) knownAt(text string) (*timestamppb.Timestamp, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no time is the present, and no error
	}
	at, err := timeparse.Past(text, a.Now(), a.Zone)
	if err != nil {
		return nil, fault.FieldUsagef("known-at", "--known-at: %w", err)
	}
	return timestamppb.New(at), nil
}

// pastBanner says that an answer about the catalog is about the past.
func (a *app) pastBanner(at *timestamppb.Timestamp) []output.Block {
	if at == nil {
		return nil
	}
	return []output.Block{output.Line{output.T(output.Warn, "as known at "+a.clock().Time(at.AsTime()))}}
}

func (a *app) getOne(ctx context.Context, s *session, p output.Printer, request *catalogv1.GetResourceRequest) error {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Catalog.GetResource(ctx, request)
	if err != nil {
		return err
	}
	d := resourcefile.Format(r.GetResource())
	return p.Print(output.Document{Value: d, Blocks: append(a.pastBanner(request.GetKnownTime()),
		output.Line{output.T(output.Strong, d.Kind+"/"+d.Name), output.T(output.Dim, "managed by "+d.ManagedBy)}, specFields(d),
	)})
}

func (a *app) getAll(ctx context.Context, s *session, p output.Printer, request *catalogv1.ListResourcesRequest) error {
	resources, err := a.listResources(ctx, s, request)
	if err != nil {
		return err
	}
	documents := []resourcefile.Document{}
	rows := output.Rows{Columns: []string{"kind", "name", "managed by", "changed", "spec"}, Drop: []int{3, 4}, Empty: "No resources."}
	for _, r := range resources {
		d := resourcefile.Format(r)
		documents = append(documents, d)
		rows.Rows = append(rows.Rows, []output.Cell{
			output.P(d.Kind), output.T(output.Strong, d.Name), output.P(d.ManagedBy),
			output.T(output.Dim, a.clock().Age(r.GetUpdatedTime().AsTime())), output.P(specLine(d)),
		})
	}
	return p.Print(output.Document{
		Value: map[string]any{"resources": documents}, Blocks: append(a.pastBanner(request.GetKnownTime()), rows),
	})
}

// resources lists all resources of a kind, or of every kind.
func (a *app) resources(ctx context.Context, s *session, kind string) ([]*catalogv1.Resource, error) {
	return a.listResources(ctx, s, &catalogv1.ListResourcesRequest{Kind: kind})
}

// listResources asks for all pages of a list.
func (a *app) listResources(ctx context.Context, s *session, request *catalogv1.ListResourcesRequest) ([]*catalogv1.Resource, error) {
	request.PageSize = 1000
	found, _, err := collect(ctx, a, true, 0, "", func(ctx context.Context, _ int32, token string) ([]*catalogv1.Resource, string, error) {
		request.PageToken = token
		page, err := s.Catalog.ListResources(ctx, request)
		return page.GetResources(), page.GetNextPageToken(), err
	})
	return found, err
}

func (a *app) deleteCommand() *cobra.Command {
	var yes, erase bool
	var requestID string
	c := &cobra.Command{
		Use: "delete KIND NAME", Short: "Delete a resource that nothing refers to, or erase a person for good", Args: exactly(2),
		Long: `Delete a resource that nothing refers to. Its past stays: ` + "`bridgelog history`" + ` tells it.

  bridgelog delete person ada --erase

--erase also takes away for good what the catalog ever said of a person: names,
addresses, contacts, their tokens and memberships, from every view and from the log
itself. What they did in incidents stays, under "former member". It works for those
who were deleted before, too. Texts that name them are redacted one by one:
bridgelog redact.`,
		ValidArgsFunction: a.completeKind,
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := kindOf(args[0])
			if err != nil {
				return err
			}
			if erase {
				if kind != "person" {
					return fault.FieldUsagef("erase", "--erase is for people: a %s is deleted without it", kind)
				}
				return a.erasePerson(cmd.Context(), args[1], requestID, yes)
			}
			return a.deleteResource(cmd.Context(), kind, args[1], requestID, yes, "deleted")
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	c.Flags().BoolVar(&erase, "erase", false, "erase for good whatever was ever said of a person")
	c.Flags().StringVar(&requestID, "request-id", "", "idempotency key: repeating it cannot do the act twice")
	return c
}

// stillUsed says that a resource cannot go, where the system says that another
// one would refer to nothing.
func stillUsed(f *fault.Fault, kind, name string) *fault.Fault {
	user, _, isReference := strings.Cut(f.Message, ": spec.")
	if isReference && f.Code == fault.Usage && strings.Contains(f.Message, "there is no "+kind) {
		f.Code, f.Message = fault.Refused, kind+"/"+name+" is still used by "+user+": change or delete that first"
	}
	return f
}

// deletion is what a delete answers.
type deletion struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Etag      string `json:"etag"`
	Position  string `json:"position"`
	RequestID string `json:"request_id"`
	System    string `json:"system"`
}

func (a *app) deleteResource(ctx context.Context, kind, name, requestID string, yes bool, word string) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	limited, cancel := a.deadline(ctx)
	defer cancel()
	if !yes {
		r, err := s.Catalog.GetResource(limited, &catalogv1.GetResourceRequest{Kind: kind, Name: name})
		if err != nil {
			return err
		}
		d := resourcefile.Format(r.GetResource())
		preview := []output.Block{output.Line{output.T(output.Strong, d.Kind+"/"+d.Name)}, specFields(d)}
		if err := a.confirm(false, "Delete this?", preview); err != nil {
			return err
		}
	}
	if requestID == "" {
		requestID = a.NewID()
	}
	limited, cancel = a.deadline(ctx)
	defer cancel()
	r, err := s.Catalog.DeleteResource(limited, &catalogv1.DeleteResourceRequest{Kind: kind, Name: name, RequestId: requestID})
	if err != nil {
		return stillUsed(fault.OfWrite(err, requestID), kind, name)
	}
	line := output.Line{output.T(output.Strong, kind+"/"+name), output.P(word)}
	return p.Print(output.Document{
		Value: deletion{
			Kind: kind, Name: name, Etag: r.GetEtag(), Position: r.GetPosition(), RequestID: requestID, System: s.Target.Name,
		},
		Blocks: []output.Block{append(line, a.marks(s, nil)...)},
	})
}
