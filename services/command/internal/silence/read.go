package silence

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	"github.com/bridgelog/bridgelog/pkg/silence"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// EndSilence implements signalv1.SilenceServiceServer. What has not begun ends when it
// begins: now.
func (s *Service) EndSilence(ctx context.Context, r *signalv1.EndSilenceRequest) (*signalv1.EndSilenceResponse, error) {
	c, err := s.ask(ctx, r)
	if err != nil {
		return nil, err
	}
	state := c.state
	have, ok := state.Get(r.GetKind(), r.GetName())
	if !ok {
		return nil, gone(r.GetKind(), r.GetName())
	}
	shown := s.shown(state, have)
	if r.GetEtag() != "" && r.GetEtag() != shown.GetEtag() && !c.repeats {
		return nil, &rpc.Refusal{
			Code: codes.Aborted, Reason: "stale_etag", Field: "etag",
			Message: fmt.Sprintf("the %s has changed since you looked at it: bridgelog %s list shows it as it is", have.Kind, have.Kind),
		}
	}
	if shown.GetState() == signalv1.SilenceState_SILENCE_STATE_ENDED {
		return &signalv1.EndSilenceResponse{Silence: shown, Unchanged: true}, nil
	}
	now := timestamppb.New(s.Now().UTC().Truncate(time.Microsecond))
	ended := &catalog.Resource{Kind: have.Kind, Name: have.Name, Spec: proto.CloneOf(have.Spec)}
	pending := shown.GetState() == signalv1.SilenceState_SILENCE_STATE_PENDING
	if isMaintenance(have.Kind) {
		endMaintenance(ended.Spec.GetMaintenance(), now, pending)
	} else {
		endSilence(ended.Spec.GetSilence(), now, pending)
	}
	if c.Desired = []*catalog.Resource{ended}; r.GetEtag() != "" {
		c.Seen = map[string]uint64{have.Key(): have.Revision}
	}
	after, position, err := s.Resources.Write(ctx, c.Own)
	if err != nil {
		return nil, fmt.Errorf("end %s: %w", have.Kind, err)
	}
	if have, ok = after.Get(have.Kind, have.Name); !ok {
		return nil, gone(r.GetKind(), r.GetName())
	}
	answer := &signalv1.EndSilenceResponse{Silence: s.shown(after, have), Position: position}
	// As it was before: the next apply of the file that it came from brings it back.
	answer.Silence.ManagedBy = shown.GetManagedBy()
	return answer, nil
}

func endSilence(s *catalogv1.SilenceSpec, now *timestamppb.Timestamp, pending bool) {
	if s.EndTime = now; pending {
		s.BeginTime = now
	}
}

func endMaintenance(m *catalogv1.MaintenanceSpec, now *timestamppb.Timestamp, pending bool) {
	if m.EndTime = now; pending {
		m.BeginTime = now
	}
}

const defaultPage = 200

// ListSilences implements signalv1.SilenceServiceServer.
func (s *Service) ListSilences(_ context.Context, r *signalv1.ListSilencesRequest) (*signalv1.ListSilencesResponse, error) {
	last, err := cursor(r.GetPageToken())
	if err != nil {
		return nil, err
	}
	size := int(r.GetPageSize())
	if size == 0 {
		size = defaultPage
	}
	state := s.Catalog()
	answer := &signalv1.ListSilencesResponse{}
	for _, one := range state.Silences() {
		wanted := (r.GetKind() == "" || r.GetKind() == one.Kind) && (r.GetIncludeEnded() || s.Now().Before(one.End))
		if !wanted || last != nil && silence.Compare(*last, one) >= 0 {
			continue
		}
		if len(answer.GetSilences()) == size {
			answer.NextPageToken = tokenOf(answer.GetSilences()[size-1])
			break
		}
		if have, ok := state.Get(one.Kind, one.Name); ok {
			answer.Silences = append(answer.Silences, s.shown(state, have))
		}
	}
	return answer, nil
}

// shown is a resource as it stands.
func (s *Service) shown(state *catalog.State, r *catalog.Resource) *signalv1.Silence {
	out := &signalv1.Silence{Kind: r.Kind, Name: r.Name, Id: r.ID, ManagedBy: r.ManagedBy, Etag: strconv.FormatUint(r.Revision, 10)}
	if isMaintenance(r.Kind) {
		m := r.Spec.GetMaintenance()
		out.Services, out.Reason, out.CreatedBy = m.GetServices(), m.GetReason(), m.GetCreatedBy()
		out.BeginTime, out.EndTime = m.GetBeginTime(), m.GetEndTime()
	} else {
		m := r.Spec.GetSilence()
		out.Match, out.Source, out.Fingerprint = m.GetMatch(), m.GetSource(), m.GetFingerprint()
		out.Reason, out.CreatedBy, out.BeginTime, out.EndTime = m.GetReason(), m.GetCreatedBy(), m.GetBeginTime(), m.GetEndTime()
		if m.GetService() != "" {
			out.Services = []string{m.GetService()}
		}
	}
	out.CreatedByName = state.Called(out.GetCreatedBy())
	switch now := s.Now(); {
	case !now.Before(out.GetEndTime().AsTime()):
		out.State = signalv1.SilenceState_SILENCE_STATE_ENDED
	case now.Before(out.GetBeginTime().AsTime()):
		out.State = signalv1.SilenceState_SILENCE_STATE_PENDING
	default:
		out.State = signalv1.SilenceState_SILENCE_STATE_ACTIVE
	}
	return out
}

func tokenOf(s *signalv1.Silence) string {
	text := strconv.FormatInt(s.GetEndTime().AsTime().UnixNano(), 10) + " " + s.GetKind() + " " + s.GetName()
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// cursor is the last of the page before; nil for the first page.
func cursor(token string) (*silence.Silence, error) {
	if token == "" {
		return nil, nil //nolint:nilnil // there is no page before the first
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	parts := strings.Split(string(text), " ")
	if err == nil && len(parts) == 3 {
		var nanos int64
		if nanos, err = strconv.ParseInt(parts[0], 10, 64); err == nil {
			return &silence.Silence{Kind: parts[1], Name: parts[2], End: time.Unix(0, nanos).UTC()}, nil
		}
	}
	return nil, rpc.InvalidField("page_token", "invalid_page_token", "this is not a token of a page: begin with the first page")
}
