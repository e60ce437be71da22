package answer

import (
	"context"
	"errors"
	"fmt"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
)

// Verify implements the RPC.
func (s *Service) Verify(r *timelinev1.VerifyRequest, stream timelinev1.TimelineService_VerifyServer) error {
	ctx := stream.Context()
	v := &verification{send: stream.Send, heads: map[string]chain.Head{}, ids: map[string]bool{}}
	var err error
	if r.GetIncident() == "" {
		err = s.verifyAll(ctx, v)
	} else {
		err = s.verifyOne(ctx, v, r.GetIncident())
	}
	if err != nil {
		return err
	}
	return v.report(true)
}

func (s *Service) verifyOne(ctx context.Context, v *verification, ref string) error {
	f, err := s.find(ctx, ref, "")
	if err != nil {
		return err
	}
	subject := fold.Subject(incident.ID(f.incident.GetId()))
	messages, err := s.Log.Load(ctx, subject, 0)
	if hole, ok := errors.AsType[*eventlog.HoleError](err); ok {
		v.find(subject, 0, hole.First, hole)
		return nil
	}
	if err != nil {
		return err
	}
	v.total = uint64(len(messages))
	for _, m := range messages {
		if err := v.message(m); err != nil {
			return err
		}
	}
	return nil
}

// verifyAll reads the whole log. After a hole it goes on behind it.
func (s *Service) verifyAll(ctx context.Context, v *verification) error {
	head, err := s.Log.Head(ctx)
	if err != nil {
		return err
	}
	v.total = head.Sequence
	for v.at.Sequence < head.Sequence {
		err := s.Log.Read(ctx, v.at, head.Sequence, v.message)
		hole, ok := errors.AsType[*eventlog.HoleError](err)
		if !ok {
			return err
		}
		if err := v.skip(ctx, s.Log, hole, head.Sequence); err != nil {
			return err
		}
	}
	return nil
}

// reportEvery is how many messages lie between two reports of progress.
const reportEvery = 5000

// verification is one run.
type verification struct {
	send func(*timelinev1.VerifyResponse) error

	heads    map[string]chain.Head
	ids      map[string]bool // subjects, for counting
	at       eventlog.Position
	messages uint64
	total    uint64
	events   uint64
	redacted uint64
	findings []*timelinev1.VerifyFinding
}

func (v *verification) message(m eventlog.Message) error {
	verifier := chain.ResumeVerifier(m.Subject, v.heads[m.Subject])
	if err := verifier.Commit(m.Data); err != nil {
		v.find(m.Subject, v.heads[m.Subject].Revision+1, m.Sequence, err)
	} else if n := len(verifier.Redacted()); n > 0 && !m.Replaced {
		v.find(m.Subject, verifier.Redacted()[0], m.Sequence, errors.New("the content is missing and no redaction replaced it"))
	}
	v.count(m, verifier)
	if head, err := chain.HeadOf(m.Data); err == nil {
		// After damage the chain is followed from what is there.
		v.heads[m.Subject] = head
	}
	v.at = eventlog.Position{Epoch: m.Epoch, Sequence: m.Sequence, Hash: v.heads[m.Subject].Hash}
	if v.messages++; v.messages%reportEvery == 0 {
		return v.report(false)
	}
	return nil
}

func (v *verification) count(m eventlog.Message, verifier *chain.Verifier) {
	v.ids[m.Subject] = true
	v.redacted += uint64(len(verifier.Redacted()))
	if commit, err := chain.Open(m.Data); err == nil {
		v.events += uint64(len(commit.Records))
	}
}

// skip reports a hole and goes on at the next message that is there.
func (v *verification) skip(ctx context.Context, log eventlog.Reader, hole *eventlog.HoleError, until uint64) error {
	v.find("", 0, hole.First, hole)
	for sequence := hole.Last + 1; sequence <= until; sequence++ {
		m, err := log.At(ctx, sequence)
		if another, ok := errors.AsType[*eventlog.HoleError](err); ok {
			v.find("", 0, sequence, another)
			continue
		}
		if err != nil {
			return fmt.Errorf("verify: %w", err)
		}
		return v.message(m)
	}
	v.at.Sequence = until
	return nil
}

func (v *verification) find(subject string, revision, sequence uint64, problem error) {
	v.findings = append(v.findings, &timelinev1.VerifyFinding{
		Subject: subject, Revision: revision, Sequence: sequence, Problem: problem.Error(),
	})
}

// report sends the progress, and each finding once.
func (v *verification) report(done bool) error {
	found := v.findings
	v.findings = nil
	return v.send(&timelinev1.VerifyResponse{
		Events: v.events, Total: max(v.total, v.events), Findings: found, Done: done,
		Subjects: uint64(len(v.ids)), Redacted: v.redacted,
	})
}
