package chaos_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// attemptTimeout bounds one attempt of a writer, as patience does a whole command. An
// election of a cluster takes up to ten seconds.
const attemptTimeout = 6 * time.Second

// notesPerIncident is how many notes a writer adds before it declares again.
const notesPerIncident = 9

// writers write through several servers in turn, and repeat each command under
// its request id until it is acknowledged.
type writers struct {
	servers      []incidentv1.CommandServiceClient
	acknowledged atomic.Int64
	abandoned    atomic.Bool

	group  sync.WaitGroup
	cancel context.CancelFunc

	mu        sync.Mutex
	texts     map[string][]string // acknowledged, by incident
	sent      map[string]bool     // acknowledged or not
	positions map[string]string   // the last one, by incident
	numbers   map[uint64]string   // the incident of each number
}

// startWriters starts writers that go on until stop. Their request ids begin with a
// name.
func startWriters(t *testing.T, name string, count int, servers ...grpc.ClientConnInterface) *writers {
	t.Helper()
	w := &writers{texts: map[string][]string{}, sent: map[string]bool{}, positions: map[string]string{}, numbers: map[uint64]string{}}
	for _, s := range servers {
		w.servers = append(w.servers, incidentv1.NewCommandServiceClient(s))
	}
	ctx, cancel := context.WithCancel(t.Context())
	w.cancel = cancel
	for n := range count {
		w.group.Go(func() { w.write(t, ctx, fmt.Sprintf("%s%d", name, n)) })
	}
	t.Cleanup(w.stop)
	return w
}

// stop ends the writers after the command that each is at.
func (w *writers) stop() { w.cancel(); w.group.Wait() }

// abandon ends the writers as they stand: whether the command that each is at has
// happened stays unknown.
func (w *writers) abandon() { w.abandoned.Store(true); w.stop() }

// await waits until more commands are acknowledged.
func (w *writers) await(t *testing.T, more int64) {
	t.Helper()
	target := w.acknowledged.Load() + more
	deadline, tick := time.After(patience), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for w.acknowledged.Load() < target {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("only %d of %d more commands were acknowledged in %s", w.acknowledged.Load()-target+more, more, patience)
		}
	}
}

// lastWrites are the positions of the last acknowledged command of each incident.
func (w *writers) lastWrites() map[string]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.positions)
}

func (w *writers) write(t *testing.T, ctx context.Context, name string) {
	incident := ""
	for k := 0; ctx.Err() == nil; k++ {
		id := fmt.Sprintf("%s-%d", name, k)
		if k%(notesPerIncident+1) == 0 {
			incident = w.declare(t, id)
		} else if incident != "" {
			w.note(t, incident, id)
		}
	}
}

func (w *writers) declare(t *testing.T, id string) string {
	var r *incidentv1.DeclareIncidentResponse
	if !w.repeat(t, id, func(ctx context.Context, s incidentv1.CommandServiceClient) (err error) {
		r, err = s.DeclareIncident(ctx, &incidentv1.DeclareIncidentRequest{Title: id, RequestId: id})
		return err
	}) {
		return ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if other, taken := w.numbers[r.GetResult().GetNumber()]; taken {
		t.Errorf("%s and %s are both INC-%d", other, r.GetResult().GetIncidentId(), r.GetResult().GetNumber())
	}
	incident := r.GetResult().GetIncidentId()
	w.numbers[r.GetResult().GetNumber()], w.positions[incident] = incident, r.GetResult().GetPosition()
	w.texts[incident] = []string{id} // the title
	return incident
}

func (w *writers) note(t *testing.T, incident, id string) {
	var r *incidentv1.AddNoteResponse
	if !w.repeat(t, id, func(ctx context.Context, s incidentv1.CommandServiceClient) (err error) {
		r, err = s.AddNote(ctx, &incidentv1.AddNoteRequest{Incident: incident, Text: id, RequestId: id})
		return err
	}) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.texts[incident] = append(w.texts[incident], id)
	w.positions[incident] = r.GetResult().GetPosition()
}

// repeat sends a command to one server after the other until one acknowledges it.
func (w *writers) repeat(t *testing.T, id string, send func(context.Context, incidentv1.CommandServiceClient) error) bool {
	w.mu.Lock()
	w.sent[id] = true
	w.mu.Unlock()
	var err error
	for n, began := 0, time.Now(); time.Since(began) < patience; n++ {
		if w.abandoned.Load() {
			return false
		}
		ctx, cancel := context.WithTimeout(context.Background(), attemptTimeout)
		err = send(ctx, w.servers[n%len(w.servers)])
		cancel()
		if err == nil {
			w.acknowledged.Add(1)
			return true
		}
	}
	t.Errorf("command %s is not acknowledged after %s: %v", id, patience, err)
	return false
}

// check fails unless everything acknowledged is in the view once and in order,
// nothing is there that was not sent, and the numbers have no gap.
func (w *writers) check(t *testing.T, c clients) {
	t.Helper()
	last := ""
	for incident, written := range w.texts {
		awaitRead(t, c, incident, w.positions[incident])
		times := map[string]int{}
		found := slices.DeleteFunc(c.texts(t, incident, w.positions[incident]), func(text string) bool {
			times[text]++
			return text == "" || w.sent[text] && times[text] == 1 && !slices.Contains(written, text)
		})
		if !slices.Equal(found, written) {
			t.Errorf("%s holds %v, acknowledged are %v", incident, found, written)
		}
		last = incident
	}
	checkNumbers(t, c, w.positions[last])
}
