package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// send performs a write. When its outcome is not known it is repeated with the
// same request id, which cannot do it twice; only when that does not help either
// the person is told to repeat it.
func (a *app) send(
	ctx context.Context, requestID string, call func(context.Context) (*incidentv1.WriteResult, error),
) (*incidentv1.WriteResult, error) {
	for _, pause := range []time.Duration{200 * time.Millisecond, time.Second, 0} {
		limited, cancel := a.deadline(ctx)
		result, err := call(limited)
		cancel()
		if err == nil {
			return result, nil
		}
		f := fault.OfWrite(err, requestID)
		if f.Code != fault.Unknown || pause == 0 || !rest(ctx, pause) {
			return nil, f
		}
	}
	return nil, nil
}

// rest waits, and reports false when ctx ended first.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// report tells what a write did, where, and to which incident.
func (a *app) report(ctx context.Context, s *session, p output.Printer, result *incidentv1.WriteResult, done string) error {
	v, blocks := a.written(ctx, s, result, done)
	return p.Print(output.Document{Value: v, Blocks: blocks})
}

// written is what a write did, for scripts and for eyes.
func (a *app) written(ctx context.Context, s *session, result *incidentv1.WriteResult, done string) (view.Write, []output.Block) {
	v := view.OfWrite(result)
	v.System, v.Demo = s.Target.Name, s.Target.Demo
	in := a.lookAgain(ctx, s, result)
	if in != nil {
		v.Drill = &in.Drill
	}
	line := output.Line{output.T(output.Strong, v.Incident), output.P(done)}
	if v.Item != "" {
		line = append(line[:1], output.T(output.Strong, v.Item), output.P(done))
	}
	switch {
	case result.GetReplayed():
		line = append(line, output.T(output.Dim, "(done before under this request id)"))
	case result.GetUnchanged():
		line = append(line, output.T(output.Dim, "(it was so already)"))
	}
	if in != nil {
		line = append(line, output.T(output.Dim, "·"), output.P(in.Title), output.T(output.Dim, "·"),
			severityCell(in.Severity), statusCell(in.Status))
	}
	line = append(line, a.marks(s, in)...)
	blocks := []output.Block{line}
	for _, warning := range v.Warnings {
		blocks = append(blocks, output.Line{output.T(output.Warn, "!"), output.P(warning)})
	}
	if d := v.Duplicate; d != nil {
		blocks = append(blocks, output.Line{
			output.T(output.Warn, "!"), output.T(output.Strong, d.Incident), output.P("was declared minutes before for " + strings.Join(d.Services, ", ") + ":"),
			output.P(output.OneLine(d.Title)), output.T(output.Dim, "· if it is the same: "+d.Merge),
		})
	}
	if len(v.Checklists) > 0 {
		blocks = append(blocks, offerLine(v.Incident, v.Checklists))
	}
	return v, blocks
}

// lookAgain reads the incident after a write, for eyes: nil when the read side
// does not have it at once, which does not touch the write.
func (a *app) lookAgain(ctx context.Context, s *session, result *incidentv1.WriteResult) *view.Incident {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(a.Patience, 500*time.Millisecond))
	defer cancel()
	response, err := s.Timeline.GetIncident(ctx, &timelinev1.GetIncidentRequest{
		Incident: result.GetIncidentId(), Position: result.GetPosition(),
	})
	if err != nil {
		return nil
	}
	in := view.OfIncident(response.GetIncident())
	return &in
}

// marks say what must not be overlooked: practice, made-up data, privacy, and a
// system that is not the obvious one.
func (a *app) marks(s *session, in *view.Incident) []output.Cell {
	var marks []output.Cell
	if in != nil && in.Drill {
		marks = append(marks, output.T(output.Warn, "[DRILL]"))
	}
	if in != nil && in.Private {
		marks = append(marks, output.T(output.Warn, "[private]"))
	}
	if s.Target.Demo {
		marks = append(marks, output.T(output.Warn, "[DEMO]"))
	}
	if !s.Target.Obvious {
		marks = append(marks, output.T(output.Dim, "on "+s.Target.Name))
	}
	return marks
}
