package intake_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// foldChange is a change as the log has it.
func foldChange(ctx context.Context, log eventlog.Log, id string) (state change.State, last uint64, err error) {
	messages, err := log.Load(ctx, change.Subject(id), 0)
	if err != nil {
		return state, 0, err
	}
	for _, m := range messages {
		last = m.Sequence
		if state, err = change.Fold(state, m.Data); err != nil {
			return state, 0, err
		}
	}
	return state, last, nil
}

func (c *commands) RecordChange(ctx context.Context, r *signalv1.RecordChangeRequest, _ ...grpc.CallOption) (*signalv1.RecordChangeResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.down {
		return nil, status.Error(codes.Unavailable, "down")
	}
	id := change.ID(r.GetSource(), r.GetKey())
	state, last, err := foldChange(ctx, c.desk.Log, id)
	if err != nil {
		return nil, err
	}
	report, news := state.News(state.Dated(change.Report{
		Source: r.GetSource(), Key: r.GetKey(), Kind: change.Kind(r.GetKind()), Service: r.GetService(), Environment: r.GetEnvironment(),
		Version: r.GetVersion(), StartedAt: change.Time(r.GetStartedAtUs()), EndedAt: change.Time(r.GetEndedAtUs()),
		Outcome: change.Outcome(r.GetOutcome()), SignalID: r.GetSignalId(), Title: r.GetTitle(), AuthorName: r.GetAuthorName(),
	}, time.Now()))
	if !news {
		return &signalv1.RecordChangeResponse{ChangeId: id, Unchanged: true}, nil
	}
	d, err := report.Draft(uuid.NewString())
	if err != nil {
		return nil, err
	}
	data, _, err := chain.Seal(state.Head, change.Subject(id), []chain.Draft{d}, chain.Request{}, time.Now(), rand.Reader)
	if err != nil {
		return nil, err
	}
	_, err = c.desk.Log.Append(ctx, eventlog.Append{Subject: change.Subject(id), Expect: last, Data: data})
	return &signalv1.RecordChangeResponse{ChangeId: id}, err
}

// tellOf posts a body to a door.
func (s *system) tellOf(path, body string) {
	s.t.Helper()
	answer, err := http.Post(s.url+path, "application/json", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		s.t.Fatalf("%s answered %s", path, answer.Status)
	}
}

const (
	deploymentStarted = `{"action":"created","deployment":{"id":7,"sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","ref":"v42",` +
		`"task":"deploy","environment":"production","created_at":"2026-01-02T10:00:00Z","creator":{"login":"ada"}},` +
		`"repository":{"name":"Checkout","full_name":"acme/Checkout"}}`
	deploymentFailed = `{"action":"created","deployment_status":{"state":"failure","created_at":"2026-01-02T10:05:00Z"},` +
		`"deployment":{"id":7,"sha":"f95f852bd8fca8fcc58a9a2d6c842781e32a215e","ref":"v42","task":"deploy","environment":"production",` +
		`"created_at":"2026-01-02T10:00:00Z","creator":{"login":"ada"}},"repository":{"name":"Checkout","full_name":"acme/Checkout"}}`
	comment = `{"action":"created","comment":{"body":"Nice"},"issue":{"id":1},"repository":{"name":"Checkout","full_name":"acme/Checkout"}}`
)

// TestChangesComeThroughTheirDoors: reports come twice, some while command is away, and
// stand in the log once; the service has the catalog's name, and what is no change is
// accepted and changes nothing.
func TestChangesComeThroughTheirDoors(t *testing.T) {
	s := newSystem(t)
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, "kind: service\nname: switches\nspec: {display_name: Flags}\n")...)
	github := "/hooks/github/" + s.token
	s.tellOf(github, deploymentStarted)
	s.commands.setDown(true)
	for _, body := range []string{comment, deploymentFailed, deploymentStarted, deploymentFailed} {
		s.tellOf(github, body)
	}
	s.commands.setDown(false)
	s.tellOf("/v2/change/enqueue", `{"routing_key":"`+s.token+`","payload":{"summary":"Flag fast-checkout on","source":"flags","timestamp":"2026-01-02T09:00:00Z"}}`)
	s.handled("m1")
	subjects, err := s.log.Subjects(t.Context(), eventlog.FilterChanges)
	if err != nil || len(subjects) != 2 {
		t.Fatalf("changes %v, %v, want the deployment and the flag", subjects, err)
	}
	state, _, err := foldChange(t.Context(), s.log, change.ID("github", "acme/Checkout/deployment/7"))
	if err != nil || state.Head.Revision != 2 || state.Known.Outcome != change.Failed || state.Known.Service != "checkout" ||
		state.Known.AuthorName != "ada" || state.Known.SignalID == "" || state.Known.StartedAt.Minute() != 0 || state.Known.EndedAt.Minute() != 5 {
		t.Errorf("the deployment: %+v, %v", state, err)
	}
	for _, subject := range subjects {
		id := strings.TrimPrefix(subject, change.SubjectPrefix)
		state, _, err := foldChange(t.Context(), s.log, id)
		if err != nil || state.Known.Source == "pagerduty-change" && (state.Known.Service != "switches" || state.Known.Title != "Flag fast-checkout on") {
			t.Errorf("%s: %+v, %v", id, state.Known, err)
		}
	}
}
