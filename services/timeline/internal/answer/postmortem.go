package answer

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/draft"
	"github.com/bridgelog/bridgelog/services/timeline/internal/postmortem"
	"github.com/bridgelog/bridgelog/services/timeline/internal/travel"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// GetPostmortem implements the RPC. The document is written now, whichever moment it
// is about: the template is one of today's playbook.
func (s *Service) GetPostmortem(ctx context.Context, r *timelinev1.GetPostmortemRequest) (*timelinev1.GetPostmortemResponse, error) {
	at, err := travel.Of(r.GetAt())
	if err != nil {
		return nil, err
	}
	f, err := s.find(ctx, r.GetIncident(), r.GetPosition())
	if err != nil {
		return nil, err
	}
	m, err := s.momentOf(ctx, travel.Moment{})
	if err != nil {
		return nil, refuse(err)
	}
	v, err := s.travel(ctx, f.incident, at)
	if err != nil {
		return nil, refuse(err)
	}
	other, err := s.otherNames(ctx, headlines(v.Entries))
	if err != nil {
		return nil, refuse(err)
	}
	w := &writer{moment: m, Incident: draft.Incident{View: v, Catalog: m.state, Book: m.book, Name: s.names().Of, Other: other, Now: m.at}}
	if !at.IsPresent() {
		w.Now = at.Time()
	}
	chosen, err := w.choose(r.GetTemplate(), purpose{
		use: catalogv1.TemplateUse_TEMPLATE_USE_POSTMORTEM, status: v.Incident.Status, words: "post-mortems",
	})
	if err != nil {
		return nil, err
	}
	text, err := postmortem.Read(chosen.Spec.GetTemplate())
	if err != nil {
		return nil, err
	}
	var suspects *timelinev1.ListSuspectsResponse
	unread := false
	if text.Uses("suspects") {
		if suspects, unread, err = s.suspects(ctx, r); err != nil {
			return nil, err
		}
	}
	markdown, err := postmortem.Write(v, postmortem.Options{
		Text: text, Words: func(names []string) template.Values { return w.ForTeam(names, draft.Passing{}) },
		Name: w.Name, Other: other, Suspects: suspects, SuspectsUnread: unread, Now: m.at, KnownAt: at.Known, HappenedAt: at.Happened,
	})
	if err != nil {
		return nil, unfilled(chosen.Name, err)
	}
	return &timelinev1.GetPostmortemResponse{Markdown: markdown, Position: f.position.String(), Template: chosen.Name}, nil
}

// patience bounds how long a post-mortem waits for its suspects; it leaves half of the
// caller's time.
const patience = 5 * time.Second

// suspects lists what is suspected, or tells that this cannot be read now: the rest of a
// post-mortem does not need it.
func (s *Service) suspects(ctx context.Context, r *timelinev1.GetPostmortemRequest) (_ *timelinev1.ListSuspectsResponse, unread bool, _ error) {
	most := patience
	if end, ok := ctx.Deadline(); ok {
		most = min(most, time.Until(end)/2)
	}
	bounded, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	found, err := s.Suspects.ListSuspects(bounded, &timelinev1.ListSuspectsRequest{Incident: r.GetIncident(), Position: r.GetPosition(), At: r.GetAt()})
	switch rpc.Status(err).Code() {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted, codes.DataLoss, codes.Internal:
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
		s.Logger.WarnContext(ctx, "a post-mortem is written without suspects", "error", err)
		return nil, true, nil
	default:
		return found, false, err
	}
}

func headlines(entries []view.Entry) []string {
	out := make([]string, len(entries))
	for i := range entries {
		out[i] = entries[i].Headline
	}
	return out
}
