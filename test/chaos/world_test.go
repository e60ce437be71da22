package chaos_test

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

func TestMain(m *testing.M) { system.MainPlain(m) }

// callTimeout bounds one call to a system that may be dying.
const callTimeout = time.Minute

// patience bounds the wait for what has to come, on a machine that runs other tests
// beside.
const patience = 2 * time.Minute

// clients speak to one running system as its admin.
type clients struct {
	commands incidentv1.CommandServiceClient
	catalog  catalogv1.CatalogServiceClient
	timeline timelinev1.TimelineServiceClient
}

func dial(t testing.TB, s *system.System) clients {
	t.Helper()
	conn, err := rpc.Dial(s.Endpoints.GRPC, s.Endpoints.Token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return clientsOf(conn)
}

func clientsOf(conn *grpc.ClientConn) clients {
	return clients{
		commands: incidentv1.NewCommandServiceClient(conn), catalog: catalogv1.NewCatalogServiceClient(conn),
		timeline: timelinev1.NewTimelineServiceClient(conn),
	}
}

// within returns a context for one call.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callTimeout)
	t.Cleanup(cancel)
	return ctx
}

// declare opens an incident and returns its id and the position of the write.
func (c clients) declare(t testing.TB, title, requestID string) *incidentv1.WriteResult {
	t.Helper()
	r, err := c.commands.DeclareIncident(within(t), &incidentv1.DeclareIncidentRequest{Title: title, RequestId: requestID})
	if err != nil {
		t.Fatalf("declare %q: %v", title, err)
	}
	return r.GetResult()
}

// head writes a marker, so that a read that waits for the answer's position holds
// all that was in the log before.
func (c clients) head(t testing.TB) string {
	t.Helper()
	r, err := c.catalog.Apply(within(t), &catalogv1.ApplyRequest{Resources: []*catalogv1.Resource{{
		Kind: "component", Name: "marker", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Component{Component: &catalogv1.ComponentSpec{DisplayName: rand.Text()}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetPosition()
}

// texts are the texts of an incident's timeline that holds a position.
func (c clients) texts(t testing.TB, incident, position string) []string {
	t.Helper()
	var texts []string
	request := &timelinev1.ListEntriesRequest{Incident: incident, PageSize: 1000, Position: position, IncludeHidden: true}
	for {
		page, err := c.timeline.ListEntries(within(t), request)
		if err != nil {
			t.Fatalf("list entries of %s: %v", incident, err)
		}
		for _, e := range page.GetEntries() {
			texts = append(texts, e.GetText())
		}
		if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
			return texts
		}
	}
}

func count(all []string, want string) int {
	n := 0
	for _, s := range all {
		if s == want {
			n++
		}
	}
	return n
}

// arm starts a system anew so that it dies at a point. What is left of earlier work may reach
// the point before the system is ready: that is done first, by one that does not die.
func arm(t *testing.T, s *system.System, point string) {
	t.Helper()
	for range 5 {
		s.Stop(t)
		s.Env("BRIDGELOG_FAILPOINTS=" + point + "=kill")
		s.Launch(t)
		if s.Problem(t) == "" {
			return
		}
		restart(t, s)
	}
	t.Fatalf("%s: it dies again and again before it is ready", point)
}
