package answer

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
	"github.com/bridgelog/bridgelog/services/notifier/internal/sign"
)

// defaultOverlap is how long older secrets go on signing.
const defaultOverlap = 24 * time.Hour

// CreateWebhookSecret implements the RPC.
func (s *Service) CreateWebhookSecret(ctx context.Context, r *notifyv1.CreateWebhookSecretRequest) (*notifyv1.CreateWebhookSecretResponse, error) {
	key, err := s.Key()
	if err != nil {
		return nil, refuse(err)
	}
	id, err := catalog.NewID(nil)
	if err != nil {
		return nil, err
	}
	overlap := defaultOverlap
	if r.GetOverlap() != nil {
		overlap = r.GetOverlap().AsDuration()
	}
	end := s.Now().Add(overlap)
	secret := sign.NewSecret()
	ended, err := s.Ledger.AddSecret(ctx, id, r.GetWebhook(), key.Seal(id, []byte(secret)), end)
	if err != nil {
		return nil, refuse(err)
	}
	answer := &notifyv1.CreateWebhookSecretResponse{Reference: "stored:" + id, Secret: secret}
	if ended > 0 {
		answer.OverlapEndTime = timestamppb.New(end)
	}
	return answer, nil
}
