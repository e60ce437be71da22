package intake_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/alert"
	"github.com/bridgelog/bridgelog/pkg/incident"
)

// sendTo posts alerts of a group to a door and insists until they are accepted.
func (s *system) sendTo(group string, alerts ...string) {
	s.t.Helper()
	body := fmt.Sprintf(`{"version":"4","groupKey":%q,"alerts":[%s]}`, group, strings.Join(alerts, ","))
	if status := s.insist(body); status != 202 {
		s.t.Errorf("answered %d", status)
	}
}

// moment is the n-th moment of a test's time.
func moment(n int) string {
	return time.Date(2026, 1, 1, 10, 0, n, 0, time.UTC).Format(time.RFC3339)
}

// model is what a history of one fingerprint leads to.
type model struct {
	episodes int
	firing   bool
}

// history makes, by chance, what a sender says of one fingerprint: episodes, each
// told of several times, and repetitions of what was said before.
func history(chance *rand.Rand, fingerprint string) (said []string, m model) {
	at := 0
	for range 1 + chance.IntN(4) {
		begin := moment(at)
		m.episodes++
		m.firing = true
		for range 1 + chance.IntN(3) {
			said = append(said, alertJSON(fingerprint, begin, ""))
		}
		if chance.IntN(4) == 0 {
			break // goes on to fire
		}
		at += 10
		m.firing = false
		for range 1 + chance.IntN(2) {
			said = append(said, alertJSON(fingerprint, begin, moment(at)))
		}
		at += 10
	}
	return said, m
}

// TestTwoServicesWorkOnOneStorm lets two processes take the signals of many
// fingerprints and groups in turn, while command is away now and then: each
// episode is in the log once, and a group that is open has one open incident.
func TestTwoServicesWorkOnOneStorm(t *testing.T) {
	first := newSystem(t)
	second := first.second()
	chance := rand.New(rand.NewPCG(1, 2))
	models := map[string]model{}
	var senders sync.WaitGroup
	for n := range 60 {
		fingerprint, group := fmt.Sprintf("f%d", n), fmt.Sprintf("g%d", n%8)
		said, m := history(chance, fingerprint)
		models[fingerprint] = m
		via := []*system{first, second}[n%2]
		senders.Go(func() {
			for _, one := range said {
				via.sendTo(group, one)
			}
		})
	}
	for range 3 {
		first.commands.setDown(true)
		first.commands.loseAnswer()
		first.commands.setDown(false)
	}
	senders.Wait()
	first.handled("m1")
	for fingerprint, want := range models {
		if got := first.episodes(fingerprint); got != want {
			t.Errorf("%s: %+v, want %+v", fingerprint, got, want)
		}
	}
	open := map[incident.ID]bool{}
	for _, state := range first.states() {
		if state.Open() && !strings.HasPrefix(state.Title, "Marker") {
			open[state.ID] = true
		}
	}
	groups := map[string]bool{}
	for n := range 60 {
		if models[fmt.Sprintf("f%d", n)].firing {
			groups[fmt.Sprintf("g%d", n%8)] = true
		}
	}
	if len(open) != len(groups) {
		t.Errorf("%d open incidents for %d groups that fire", len(open), len(groups))
	}
}

// second runs another process of the service on the same log.
func (s *system) second() *system {
	other := *s
	other.start()
	s.t.Cleanup(func() { other.stop() })
	return &other
}

// episodes folds what the log says of a fingerprint.
func (s *system) episodes(fingerprint string) model {
	s.t.Helper()
	var m model
	for at := 0; at < 100; at += 10 {
		begin := time.Date(2026, 1, 1, 10, 0, at, 0, time.UTC)
		messages, err := s.log.Load(s.t.Context(), alert.Subject(alert.ID("alertmanager", fingerprint, begin)), 0)
		if err != nil {
			continue
		}
		var state alert.State
		for _, message := range messages {
			if state, err = alert.Fold(state, message.Data); err != nil {
				s.t.Fatal(err)
			}
		}
		if !state.Began() {
			continue
		}
		if state.Head.Revision > 2 {
			s.t.Errorf("%s has %d events", fingerprint, state.Head.Revision)
		}
		m.episodes++
		m.firing = m.firing || !state.Ended()
	}
	return m
}
