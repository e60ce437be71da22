package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	eventlogjs "github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
)

const (
	// floodRoom is the room for signals, of which half may wait.
	floodRoom = 24 << 20
	// floodMemory is what the process, with an embedded server and the senders,
	// may use.
	floodMemory = 400 << 20
	// floodBody is the size of one request: no more than a server still reads of a request
	// that it has answered, so that the answer arrives.
	floodBody = 192 << 10
)

// TestOverloadIsRefusedAndLosesNothing sends far more than there is room for while
// nothing can be handled: the rest is refused by 503 with Retry-After, memory
// stays bounded, and every alert that was accepted is in the log afterwards. One that
// was refused may be there too: storing it took longer than its sender was let wait.
func TestOverloadIsRefusedAndLosesNothing(t *testing.T) {
	s := newSystemWith(t, eventlogjs.Config{SignalBytes: floodRoom})
	s.commands.setDown(true)
	peak := watchMemory(t)
	var refused, next atomic.Int64
	var senders sync.WaitGroup
	var taken names
	padding := strings.Repeat("x", floodBody)
	for range 100 {
		senders.Go(func() {
			for refused.Load() < 200 {
				n := next.Add(1)
				name := fmt.Sprint("flood", n)
				body := fmt.Sprintf(`{"version":"4","groupKey":"flood","padding":%q,"alerts":[%s]}`, padding, alertJSON(name, t0, ""))
				switch status, again := s.post(body); {
				case status == http.StatusAccepted:
					taken.add(name)
				case status == http.StatusServiceUnavailable && again != "":
					refused.Add(1)
				default:
					t.Errorf("answered %d, Retry-After %q", status, again)
					return
				}
			}
		})
	}
	senders.Wait()
	if used := peak(); used > floodMemory {
		t.Errorf("%d MiB in use", used>>20)
	}
	if n := len(taken.list); n < 20 || n > floodRoom/floodBody {
		t.Errorf("%d accepted, where half of the room takes %d", n, floodRoom/2/floodBody)
	}
	s.commands.setDown(false)
	s.untilLogged(taken.list)
	// There is room again.
	if status := s.insist(`{"version":"4","groupKey":"later","alerts":[` + alertJSON("later", t0, "") + `]}`); status != http.StatusAccepted {
		t.Errorf("afterwards: %d", status)
	}
	s.untilLogged([]string{"later"})
}

// names gathers names.
type names struct {
	mu   sync.Mutex
	list []string
}

func (n *names) add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.list = append(n.list, name)
}

// post sends a body and returns the status of the answer and its Retry-After.
func (s *system) post(body string) (status int, again string) {
	answer, err := http.Post(s.url+"/hooks/alertmanager/"+s.token, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		s.t.Error(err)
		return 0, ""
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, answer.Header.Get("Retry-After")
}

// insist repeats a body while the door is busy and returns the last status.
func (s *system) insist(body string) int {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	for {
		status, _ := s.post(body)
		if status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return status
		}
		<-time.After(10 * time.Millisecond)
	}
}

// untilLogged waits until the log has the alerts with these fingerprints, which began
// at t0.
func (s *system) untilLogged(fingerprints []string) {
	s.t.Helper()
	begin, err := time.Parse(time.RFC3339, t0)
	if err != nil {
		s.t.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for {
		subjects, err := s.log.Subjects(s.t.Context(), eventlog.FilterAlerts)
		missing := slices.DeleteFunc(slices.Clone(fingerprints), func(f string) bool {
			return slices.Contains(subjects, alert.Subject(alert.ID("alertmanager", f, begin)))
		})
		if err == nil && len(missing) == 0 {
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("not in the log: %q (%v)", missing, err)
		}
		<-time.After(10 * time.Millisecond)
	}
}

// watchMemory looks at the memory in use until the returned function is called,
// which returns the most that it saw.
func watchMemory(t *testing.T) (peak func() uint64) {
	t.Helper()
	stop, result := make(chan struct{}), make(chan uint64)
	go func() {
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		var most uint64
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-every.C:
			case <-stop:
				result <- most
				return
			}
		}
	}()
	return func() uint64 { close(stop); return <-result }
}
