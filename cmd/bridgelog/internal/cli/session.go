package cli

import (
	"context"
	"errors"
	"time"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/spool"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// connectWait is how long a command waits for a connection: declare has to say
// within a second that nothing answers.
const connectWait = 900 * time.Millisecond

// session is a connection for the length of one command.
type session struct {
	*client.Conn

	dirs client.Dirs
	// sent are the results of kept declarations that this command sent, by
	// request id.
	sent map[string]*incidentv1.WriteResult
	// position is that of the last of them: reads wait until they hold it.
	position string
}

// target resolves the system to use.
func (a *app) target() (client.Target, client.Dirs, error) {
	dirs, err := a.dirs()
	if err != nil {
		return client.Target{}, client.Dirs{}, err
	}
	target, err := client.Resolve(a.options, dirs, a.Getenv)
	if err != nil {
		return client.Target{}, client.Dirs{}, fault.Usagef("%w: see `bridgelog context list`", err)
	}
	return target, dirs, nil
}

// open connects, and sends what was kept while nothing answered.
func (a *app) open(ctx context.Context) (*session, error) {
	target, dirs, err := a.target()
	if err != nil {
		return nil, err
	}
	return a.openTarget(ctx, target, dirs)
}

func (a *app) openTarget(ctx context.Context, target client.Target, dirs client.Dirs) (*session, error) {
	conn, err := a.connect(ctx, target)
	if err != nil {
		return nil, err
	}
	s := &session{Conn: conn, dirs: dirs, sent: map[string]*incidentv1.WriteResult{}}
	a.sendKept(ctx, s)
	return s, nil
}

func (a *app) connect(ctx context.Context, target client.Target) (*client.Conn, error) {
	wait, cancel := context.WithTimeout(ctx, connectWait)
	defer cancel()
	conn, err := a.Connect(wait, target)
	switch {
	case err == nil:
		return conn, nil
	case !errors.Is(err, client.ErrUnreachable):
		return nil, err
	case target.Server == "":
		return nil, fault.Unreachablef("nothing runs on %s (%s): start it with `bridgelog up`, or name a system with --server or `bridgelog context use`",
			target.Name, target.DataDir)
	case target.DataDir != "":
		return nil, fault.Unreachablef("nothing answers at %s: is `bridgelog up` still running?", target.Server)
	}
	return nil, fault.Unreachablef("nothing answers at %s: check the address and that the system runs", target.Server)
}

// sendKept sends the declarations that wait for this system. What goes wrong is
// told and does not stop the command.
func (a *app) sendKept(ctx context.Context, s *session) {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	err := spool.Open(s.dirs).Send(ctx, s.Target, s.Commands, func(sent spool.Sent) {
		kept := a.clock().Time(sent.Kept.KeptTime)
		if sent.Err != nil {
			a.say(output.T(output.Bad, "the declaration kept at "+kept+" was refused and put aside:"), output.P(sent.Err.Error()))
			return
		}
		s.sent[sent.Kept.Request.GetRequestId()] = sent.Result
		s.position = sent.Result.GetPosition()
		a.say(output.T(output.Good, "sent the declaration kept at "+kept+":"),
			output.P(view.Name(sent.Result.GetNumber())+" "+sent.Kept.Request.GetTitle()))
	})
	if err != nil {
		a.say(output.T(output.Warn, "a kept declaration waits on:"), output.P(fault.From(err).Error()))
	}
}

// deadline bounds one call.
func (a *app) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, a.timeout)
}

// close ends the connection; that it may fail changes nothing.
func (s *session) close() { _ = s.Close() }
