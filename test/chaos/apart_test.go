package chaos_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/bridgelog/bridgelog/pkg/failpoint"
	"github.com/bridgelog/bridgelog/pkg/natstest"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// deployment is the five services as processes of their own.
type deployment struct {
	*system.Apart

	command, timeline *system.Service
	others            []*system.Service
}

// deploy starts every service at a NATS.
func deploy(t *testing.T, meeting system.Meeting, replicas int) *deployment {
	t.Helper()
	d := &deployment{Apart: system.NewApart(t, meeting, replicas)}
	d.command, d.timeline = d.Serve(t, "command"), d.Serve(t, "timeline")
	for _, name := range []string{"notifier", "statuspage", "intake"} {
		d.others = append(d.others, d.Serve(t, name))
	}
	return d
}

// clients speak to command and timeline, each in its own process.
func (d *deployment) clients(t testing.TB) clients {
	t.Helper()
	c := clientsOf(d.dial(t, d.command))
	c.timeline = timelinev1.NewTimelineServiceClient(d.dial(t, d.timeline))
	return c
}

func (d *deployment) dial(t testing.TB, s *system.Service) *grpc.ClientConn {
	t.Helper()
	conn, err := rpc.Dial(s.GRPC(), d.Token)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// TestServicesKilledOneByOneAtEveryPoint runs the services as processes of their
// own and kills command with SIGKILL at each named point between receiving a
// command and answering it, and timeline at each one around its transaction. Only
// the killed process is started again.
func TestServicesKilledOneByOneAtEveryPoint(t *testing.T) {
	t.Parallel()
	t.Run("one server", func(t *testing.T) {
		t.Parallel()
		killOneByOne(t, deploy(t, natstest.Start(t, natstest.Listening()), 1))
	})
	t.Run("three servers", func(t *testing.T) {
		t.Parallel()
		killOneByOne(t, deploy(t, natstest.StartCluster(t), 3))
	})
}

func killOneByOne(t *testing.T, d *deployment) {
	incident := d.clients(t).declare(t, "Apart", "apart").GetIncidentId()
	var acknowledged []string
	acknowledge := func(id string) {
		mark, c := "acknowledged "+id, d.clients(t)
		r, err := c.commands.PostUpdate(within(t), &incidentv1.PostUpdateRequest{Incident: incident, Text: mark})
		if err != nil {
			t.Fatal(err)
		}
		awaitRead(t, c, incident, r.GetResult().GetPosition())
		acknowledged = append(acknowledged, mark)
	}
	tried := acts(t, incident)
	for n, point := range commandPoints(tried) {
		d.killCommand(t, point, fmt.Sprintf("r%d", n), tried[prefixOf(point)])
		acknowledge(point)
	}
	for _, point := range projectionPoints() {
		d.killTimeline(t, point, incident)
		acknowledge(point)
	}
	d.wholeAfterwards(t, incident, acknowledged)
}

// killCommand lets command die at a point under an act and looks whether the act,
// repeated, has happened once.
func (d *deployment) killCommand(t *testing.T, point, id string, a act) {
	t.Helper()
	d.command.Stop(t)
	d.command.Start(t, failpoint.EnvPoints+"="+point+"=kill")
	if err := a.send(within(t), d.clients(t), id); err == nil {
		t.Fatalf("%s: the command was answered although its process had to die", point)
	}
	if err := d.command.Wait(t); err == nil {
		t.Fatalf("%s: command ended cleanly", point)
	}
	d.command.Start(t)
	c := d.clients(t)
	if err := a.send(within(t), c, id); err != nil {
		t.Fatalf("%s: the repetition failed: %v", point, err)
	}
	t.Run(point, func(t *testing.T) { a.once(t, c, id) })
	d.onlyOneDied(t, point)
}

// killTimeline lets timeline die at a point. Commands are answered meanwhile.
func (d *deployment) killTimeline(t *testing.T, point, incident string) {
	t.Helper()
	d.timeline.Stop(t)
	d.timeline.Start(t, failpoint.EnvPoints+"="+point+"=kill")
	note := &incidentv1.AddNoteRequest{Incident: incident, Text: "projected " + point, RequestId: point}
	written, err := d.clients(t).commands.AddNote(within(t), note)
	if err != nil {
		t.Fatalf("%s: a command while timeline dies: %v", point, err)
	}
	if err := d.timeline.Wait(t); err == nil {
		t.Fatalf("%s: timeline ended cleanly", point)
	}
	d.timeline.Start(t)
	c := d.clients(t)
	awaitRead(t, c, incident, written.GetResult().GetPosition())
	if got := count(c.texts(t, incident, written.GetResult().GetPosition()), note.GetText()); got != 1 {
		t.Errorf("%s: the note is there %d times", point, got)
	}
	d.onlyOneDied(t, point)
}

// onlyOneDied fails when the death of one process has taken another with it.
func (d *deployment) onlyOneDied(t *testing.T, point string) {
	t.Helper()
	for _, s := range append(slices.Clone(d.others), d.command, d.timeline) {
		if !s.Running() {
			t.Fatalf("%s: %s has ended too: %s", point, s.Name, s.Stderr())
		}
	}
}

// wholeAfterwards checks what was promised: everything acknowledged is there once,
// the numbers have no gap, and the log verifies.
func (d *deployment) wholeAfterwards(t *testing.T, incident string, acknowledged []string) {
	t.Helper()
	c := d.clients(t)
	last, err := c.commands.AddNote(within(t), &incidentv1.AddNoteRequest{Incident: incident, Text: "end"})
	if err != nil {
		t.Fatal(err)
	}
	texts := c.texts(t, incident, last.GetResult().GetPosition())
	for _, mark := range acknowledged {
		if count(texts, mark) != 1 {
			t.Errorf("%q is there %d times", mark, count(texts, mark))
		}
	}
	checkNumbers(t, c, last.GetResult().GetPosition())
	if r := d.Try(t, d.timeline, "verify"); r.Code != 0 {
		t.Errorf("verify: %s", r)
	}
}

// checkNumbers fails unless the incidents are numbered 1, 2, 3 and so on.
func checkNumbers(t *testing.T, c clients, position string) {
	t.Helper()
	var numbers []uint64
	request := &timelinev1.ListIncidentsRequest{PageSize: 200, Position: position}
	for {
		page, err := c.timeline.ListIncidents(within(t), request)
		if err != nil {
			t.Fatalf("list incidents: %v", err)
		}
		for _, i := range page.GetIncidents() {
			numbers = append(numbers, i.GetNumber())
		}
		if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
			break
		}
	}
	slices.Sort(numbers)
	for i, number := range numbers {
		if number != uint64(i+1) {
			t.Fatalf("the numbers have a gap or a double at %d: %v", i+1, numbers)
		}
	}
	if len(numbers) == 0 {
		t.Error("no incident is listed")
	}
}

// projectionPoints are those around the transaction of a projection.
func projectionPoints() []string {
	return slices.DeleteFunc(failpoint.Names(), func(name string) bool { return !strings.HasPrefix(name, projectionPrefix) })
}
