package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// alertDone is what a write to an alert answers.
type alertDone struct {
	Alert     string `json:"alert"`
	RequestID string `json:"request_id"`
	Unchanged bool   `json:"unchanged"`
	// By is who takes care of it, after an acknowledgment.
	By       string `json:"acknowledged_by,omitempty"`
	Position string `json:"position"`
}

// fullAlertID is how many characters an id has.
const fullAlertID = 32

// alertNamed returns the id of the alert that a person named. A full id is not looked
// up, so that it works while nothing can be read.
func (a *app) alertNamed(ctx context.Context, s *session, name string) (string, error) {
	if len(name) == fullAlertID {
		return name, nil
	}
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Alerts.GetAlert(ctx, &signalv1.GetAlertRequest{Alert: name})
	return r.GetAlert().GetId(), err
}

// alertWrite is a command that writes to one alert.
type alertWrite struct {
	use, short, long string
	args             cobra.PositionalArgs
	// prepare reads what was typed beside the alert; nil: nothing is.
	prepare func(*writing) error
	// call writes; it fills in what it did.
	call func(ctx context.Context, s *session, id string, w *writing, done *alertDone) error
	// says is what is told of it.
	says func(alertDone) string
}

func (a *app) alertCommand(act alertWrite) *cobra.Command {
	var flags writeFlags
	c := &cobra.Command{
		Use: act.use, Short: act.short, Long: act.long, Args: act.args, ValidArgsFunction: a.completeAlert,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.printer()
			if err != nil {
				return err
			}
			w, err := a.writing(flags)
			if err != nil {
				return err
			}
			if w.args = args[1:]; act.prepare != nil {
				if err := act.prepare(w); err != nil {
					return err
				}
			}
			s, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer s.close()
			done := alertDone{RequestID: w.requestID}
			if done.Alert, err = a.alertNamed(cmd.Context(), s, args[0]); err != nil {
				return err
			}
			err = a.insist(cmd.Context(), w.requestID, func(ctx context.Context) error { return act.call(ctx, s, done.Alert, w, &done) })
			if err != nil {
				return err
			}
			line := output.Line{output.T(output.Strong, shortAlert(done.Alert)), output.P(act.says(done))}
			return p.Print(output.Document{Value: done, Blocks: []output.Block{line}})
		},
	}
	flags.bind(c.Flags(), false)
	return c
}

func (a *app) alertsAckCommand() *cobra.Command {
	var note string
	c := a.alertCommand(alertWrite{
		use: "ack ALERT", short: "Say that you take care of an alert",
		long: `Say that you take care of an alert that is firing. The first one who says so counts;
its incident, if it has one, is acknowledged by bridgelog ack.`,
		args: exactly(1),
		call: func(ctx context.Context, s *session, id string, w *writing, done *alertDone) error {
			r, err := s.AlertWrites.AcknowledgeAlert(ctx, &signalv1.AcknowledgeAlertRequest{
				AlertId: id, RequestId: w.requestID, OnBehalfOf: w.as, OccurredAt: w.occurredAt, Note: note,
			})
			done.By, done.Unchanged, done.Position = r.GetAcknowledgedBy(), r.GetUnchanged(), r.GetPosition()
			return err
		},
		says: func(done alertDone) string {
			if done.Unchanged {
				return "was acknowledged before: bridgelog alerts show " + shortAlert(done.Alert) + " says by whom"
			}
			return "acknowledged"
		},
	})
	c.Flags().StringVar(&note, "note", "", "what to say with it")
	return c
}

func (a *app) alertsNoteCommand() *cobra.Command {
	var text string
	return a.alertCommand(alertWrite{
		use: "note ALERT \"text\"", short: "Write something down about an alert",
		long:    "Write something down about an alert, also when it is over. A text of - is read from the input.",
		args:    atLeast(2),
		prepare: a.textFromWords(&text),
		call: func(ctx context.Context, s *session, id string, w *writing, done *alertDone) error {
			r, err := s.AlertWrites.NoteAlert(ctx, &signalv1.NoteAlertRequest{
				AlertId: id, RequestId: w.requestID, OnBehalfOf: w.as, OccurredAt: w.occurredAt, Text: text,
			})
			done.Unchanged, done.Position = r.GetUnchanged(), r.GetPosition()
			return err
		},
		says: func(done alertDone) string {
			if done.Unchanged {
				return "was noted before under this request id"
			}
			return "noted"
		},
	})
}

// insist performs a write as [app.send] does, for writes with another result.
func (a *app) insist(ctx context.Context, requestID string, call func(context.Context) error) error {
	_, err := a.send(ctx, requestID, func(ctx context.Context) (*incidentv1.WriteResult, error) { return nil, call(ctx) })
	return err
}
