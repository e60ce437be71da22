package cli

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/spool"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// How long a command waits for a connection, unless --timeout says so.
const (
	// connectWait is short: declare has to say within a second that nothing answers.
	connectWait = 900 * time.Millisecond
	// slowWait is for a system that has taken the connection and is slow to answer.
	slowWait = 8 * time.Second
)

// session is a connection for the length of one command.
type session struct {
	*client.Conn

	dirs client.Dirs
	// sent are the results of kept declarations that this command sent, by
	// request id.
	sent map[string]*incidentv1.WriteResult
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
	conn, err := a.connect(ctx, target, slowWait)
	if err != nil {
		return nil, err
	}
	return a.begin(ctx, conn, dirs), nil
}

// begin begins a session, and sends what was kept while nothing answered.
func (a *app) begin(ctx context.Context, conn *client.Conn, dirs client.Dirs) *session {
	s := &session{Conn: conn, dirs: dirs, sent: map[string]*incidentv1.WriteResult{}}
	a.sendKept(ctx, s)
	a.sendRuns(ctx, s)
	return s
}

// connect connects, and waits longer for a system that has taken the connection.
func (a *app) connect(ctx context.Context, target client.Target, slow time.Duration) (*client.Conn, error) {
	wait := connectWait
	if a.given("timeout") {
		wait, slow = a.timeout, 0
	}
	conn, err := a.connectWithin(ctx, target, wait)
	if errors.Is(err, client.ErrSilent) && slow > 0 {
		conn, err = a.connectWithin(ctx, target, slow)
	}
	if err != nil {
		return nil, noConnection(target, err)
	}
	return conn, nil
}

func (a *app) connectWithin(ctx context.Context, target client.Target, wait time.Duration) (*client.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return a.Connect(ctx, target, a.ownWrites(target))
}

// ownWrites lets reads hold what this account wrote to a system before.
func (a *app) ownWrites(target client.Target) grpc.DialOption {
	dirs, err := a.dirs()
	if err != nil {
		return grpc.EmptyDialOption{}
	}
	return client.OwnWrites(target.StatePath(dirs, "position"), func() {
		a.say(output.T(output.Warn, "the read side is behind:"), output.P("this may lack what was just written"))
	})
}

// noConnection explains why there is no connection.
func noConnection(target client.Target, err error) error {
	switch {
	case !errors.Is(err, client.ErrUnreachable):
		return err
	case errors.Is(err, client.ErrSilent):
		return fault.Unreachablef("something takes connections at %s but does not answer: is it Bridgelog, and does it still run?", target.Server)
	case errors.Is(err, client.ErrForeign):
		return fault.Unreachablef("something listens at %s, but it does not answer as Bridgelog: give the address that `bridgelog up` prints as gRPC",
			target.Server)
	case target.Server == "":
		where := target.Name
		if where != target.DataDir {
			where += " (" + target.DataDir + ")"
		}
		return fault.Unreachablef("nothing runs on %s: start it with `bridgelog up`, or name a system with --server or `bridgelog context use`", where)
	case target.DataDir != "":
		return fault.Unreachablef("nothing answers at %s: is `bridgelog up` still running?", target.Server)
	}
	return fault.Unreachablef("nothing answers at %s: check the address and that the system runs", target.Server)
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
