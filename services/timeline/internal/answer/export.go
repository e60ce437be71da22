package answer

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/readable"
)

// export is one stream.
type export struct {
	stream timelinev1.TimelineService_ExportServer
	heads  []*timelinev1.ChainHead
	place  map[string]int // of a subject's head in heads
	events uint64
}

// Export implements the RPC.
func (s *Service) Export(r *timelinev1.ExportRequest, stream timelinev1.TimelineService_ExportServer) error {
	ctx := stream.Context()
	e := &export{stream: stream, place: map[string]int{}}
	head, err := s.Log.Head(ctx)
	if err != nil {
		return err
	}
	if r.GetIncident() == "" {
		err = s.exportAll(ctx, e, head)
	} else {
		err = s.exportOne(ctx, e, r.GetIncident(), head)
	}
	if err != nil {
		return err
	}
	return stream.Send(&timelinev1.ExportResponse{Item: &timelinev1.ExportResponse_Heads{Heads: &timelinev1.ExportHeads{
		Heads: e.heads, Epoch: head.Epoch, Position: head.String(), Events: e.events,
	}}})
}

// exportAll is for admins, since it holds what is private.
func (s *Service) exportAll(ctx context.Context, e *export, head eventlog.Position) error {
	p, _ := auth.FromContext(ctx)
	if !p.Has(authv1.AccountRole_ACCOUNT_ROLE_ADMIN) {
		return &rpc.Refusal{
			Code: codes.PermissionDenied, Reason: "role_too_low", Field: "incident",
			Message: "only an admin may export everything: name an incident, or ask an admin",
		}
	}
	if head.IsStart() {
		return nil
	}
	return s.Log.Read(ctx, eventlog.Position{}, head.Sequence, e.message)
}

func (s *Service) exportOne(ctx context.Context, e *export, ref string, head eventlog.Position) error {
	f, err := s.find(ctx, ref, "")
	if err != nil {
		return err
	}
	messages, err := s.Log.Load(ctx, fold.Subject(incident.ID(f.incident.GetId())), 0)
	if err != nil {
		return err
	}
	for _, m := range messages {
		if m.Sequence > head.Sequence {
			break
		}
		if err := e.message(m); err != nil {
			return err
		}
	}
	return nil
}

// message sends the events of a message as they are stored.
func (e *export) message(m eventlog.Message) error {
	commit, err := chain.Open(m.Data)
	if err != nil {
		return fmt.Errorf("export message %d: %w", m.Sequence, errors.Join(err, errDamaged()))
	}
	for i := range commit.Records {
		r := &commit.Records[i]
		envelope, err := r.Envelope()
		if err != nil {
			return fmt.Errorf("export message %d: %w", m.Sequence, errors.Join(err, errDamaged()))
		}
		hash := r.Hash()
		event := &timelinev1.ExportedEvent{
			Subject: m.Subject, Revision: envelope.Revision, Envelope: r.EnvelopeBytes, Facts: r.Facts, Content: r.Content,
			Salt: r.Salt, Redacted: r.Redacted, Hash: hash[:], ReadableJson: readable.JSON(&envelope, *r), CommitStart: i == 0,
		}
		if i == 0 {
			event.RequestSalt = commit.RequestSalt
		}
		if err := e.stream.Send(&timelinev1.ExportResponse{Item: &timelinev1.ExportResponse_Event{Event: event}}); err != nil {
			return err
		}
		e.note(m.Subject, envelope.Revision, hash)
	}
	return nil
}

// note keeps the last event of each chain.
func (e *export) note(subject string, revision uint64, hash chain.Hash) {
	e.events++
	head := &timelinev1.ChainHead{Subject: subject, Revision: revision, Hash: hash[:]}
	if at, ok := e.place[subject]; ok {
		e.heads[at] = head
		return
	}
	e.place[subject] = len(e.heads)
	e.heads = append(e.heads, head)
}

// errDamaged says that what is stored cannot be read.
func errDamaged() error {
	return &rpc.Refusal{Code: codes.DataLoss, Reason: "log_damaged", Message: "the log is damaged: run bridgelog verify"}
}
