package client_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// readSide answers reads in place of a system, and keeps what they waited for.
type readSide struct {
	mu     sync.Mutex
	asked  []string
	answer func(ctx context.Context, position string) error
}

func (r *readSide) intercept(
	ctx context.Context, _ string, request, reply any, _ *grpc.ClientConn, _ grpc.UnaryInvoker, _ ...grpc.CallOption,
) error {
	if note, ok := request.(*incidentv1.AddNoteRequest); ok {
		// The text is the position that the write gets.
		reply.(*incidentv1.AddNoteResponse).Result = &incidentv1.WriteResult{Position: note.GetText()}
		return nil
	}
	position := request.(*timelinev1.GetIncidentRequest).GetPosition()
	r.mu.Lock()
	r.asked = append(r.asked, position)
	r.mu.Unlock()
	if r.answer == nil {
		return nil
	}
	if err := r.answer(ctx, position); err != nil {
		return rpc.Status(err).Err() // as it comes from a server
	}
	return nil
}

// account is a process of somebody whose files are at a place.
type account struct {
	t      *testing.T
	conn   *grpc.ClientConn
	behind int
}

func (r *readSide) account(t *testing.T, path string) *account {
	t.Helper()
	a := &account{t: t}
	conn, err := grpc.NewClient("passthrough:///nowhere", client.OwnWrites(path, func() { a.behind++ }),
		grpc.WithChainUnaryInterceptor(r.intercept), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	a.conn = conn
	return a
}

func (a *account) write(position string) {
	a.t.Helper()
	if _, err := incidentv1.NewCommandServiceClient(a.conn).AddNote(a.t.Context(), &incidentv1.AddNoteRequest{Text: position}); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) read() error {
	_, err := timelinev1.NewTimelineServiceClient(a.conn).GetIncident(a.t.Context(), &timelinev1.GetIncidentRequest{Incident: "1"})
	return err
}

func token(epoch string, sequence uint64) string {
	return eventlog.Position{Epoch: epoch, Sequence: sequence, Hash: [32]byte{1}}.String()
}

func TestReadsHoldWhatWasWrittenBefore(t *testing.T) {
	r, path := &readSide{}, filepath.Join(t.TempDir(), "state", "position")
	first := r.account(t, path)
	if err := first.read(); err != nil {
		t.Fatal(err)
	}
	first.write(token("e", 7))
	first.write(token("e", 5)) // as of a slower process
	another := r.account(t, path)
	for _, a := range []*account{first, another} {
		if err := a.read(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := strings.Join(r.asked, " "), " "+token("e", 7)+" "+token("e", 7); got != want {
		t.Errorf("reads waited for %q, want %q", got, want)
	}
}

func TestAReplacedLogIsReadWithoutWaiting(t *testing.T) {
	r, path := &readSide{}, filepath.Join(t.TempDir(), "position")
	r.answer = func(_ context.Context, position string) error {
		if position != "" {
			return rpc.InvalidField("position", "position_of_another_log", "another log")
		}
		return nil
	}
	a := r.account(t, path)
	a.write(token("old", 7))
	if err := a.read(); err != nil || len(r.asked) != 2 {
		t.Errorf("%v after %d calls", err, len(r.asked))
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the position of the old log is still there")
	}
	a.write(token("new", 1))
	if err := r.account(t, path).read(); err != nil || r.asked[2] != token("new", 1) {
		t.Errorf("%v after %q", err, r.asked)
	}
}

func TestAReadSideThatIsBehindIsReadAsItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &readSide{answer: func(ctx context.Context, position string) error {
			if position == "" {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}}
		a := r.account(t, filepath.Join(t.TempDir(), "position"))
		a.write(token("e", 7))
		began := time.Now()
		if err := a.read(); err != nil || a.behind != 1 || time.Since(began) > 3*time.Second {
			t.Errorf("%v after %v, told %d times", err, time.Since(began), a.behind)
		}
		_ = a.conn.Close()
	})
}

func TestOtherRefusalsOfReadsStand(t *testing.T) {
	r := &readSide{answer: func(context.Context, string) error {
		return &rpc.Refusal{Code: codes.NotFound, Reason: "no_such_incident", Message: "there is none"}
	}}
	a := r.account(t, filepath.Join(t.TempDir(), "position"))
	a.write(token("e", 7))
	if err := a.read(); err == nil || len(r.asked) != 1 || a.behind != 0 {
		t.Errorf("%v after %d calls", err, len(r.asked))
	}
}
