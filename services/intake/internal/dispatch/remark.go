package dispatch

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// Outcomes of a remark, for the metric.
const (
	outcomeAcknowledged = "acknowledged"
	outcomeNoted        = "noted"
	outcomeNothing      = "nothing" // there is no alert that it could be about
)

// remark writes what a sender says about an alert beside its state. The open alert of
// the fingerprint is meant; a note may also be about the one that ended last. An alert
// that a later signal began is not meant, since this one is handled again then.
func (w *work) remark(ctx context.Context, in arrival) (string, error) {
	r := in.remark
	id, open := w.Index.Firing(in.source, r.Fingerprint)
	if id != "" && open.Fired.SignalID > in.signal {
		id = ""
	}
	if id != "" && r.Acknowledges {
		return w.acknowledge(ctx, in, id)
	}
	if last := w.Index.lastEnded(in.source, r.Fingerprint); id == "" && last.signal <= in.signal {
		id = last.id
	}
	if id == "" || r.Text == "" {
		return outcomeNothing, nil
	}
	return w.note(ctx, in, id)
}

func (w *work) acknowledge(ctx context.Context, in arrival, id string) (string, error) {
	_, err := w.Alerts.AcknowledgeAlert(ctx, &signalv1.AcknowledgeAlertRequest{
		AlertId: id, OccurredAt: timestamppb.New(in.at), Note: in.remark.Text, Evidence: in.evidence(),
	})
	if status.Code(err) == codes.FailedPrecondition {
		return outcomeNothing, nil // it ended meanwhile
	}
	if err != nil {
		return "", fmt.Errorf("acknowledge alert: %w", err)
	}
	return outcomeAcknowledged, pointAfterAcknowledged.Hit(ctx)
}

func (w *work) note(ctx context.Context, in arrival, id string) (string, error) {
	_, err := w.Alerts.NoteAlert(ctx, &signalv1.NoteAlertRequest{
		AlertId: id, OccurredAt: timestamppb.New(in.at), Text: in.remark.Text, Evidence: in.evidence(),
	})
	if status.Code(err) == codes.FailedPrecondition {
		return outcomeNothing, nil // it has as many as it may have; the signal stays as evidence
	}
	if err != nil {
		return "", fmt.Errorf("note alert: %w", err)
	}
	return outcomeNoted, pointAfterNoted.Hit(ctx)
}

// evidence says who said it.
func (in arrival) evidence() *signalv1.AlertEvidence {
	return &signalv1.AlertEvidence{SignalId: in.signal, Sender: in.sender, SaidBy: in.remark.SaidBy}
}

// remarks are the arrivals of what a batch says beside the state of alerts.
func remarks(batch source.Batch, like arrival) []arrival {
	arrivals := make([]arrival, 0, len(batch.Remarks))
	for i := range batch.Remarks {
		in := like
		in.remark = &batch.Remarks[i]
		in.alert = &source.Alert{Fingerprint: in.remark.Fingerprint}
		arrivals = append(arrivals, in)
	}
	return arrivals
}
