package e2e_test

import "testing"

// TestARebuildOfEveryViewSendsNothing computes everything anew that can be, of a
// system that has told a webhook of an incident.
func TestARebuildOfEveryViewSendsNothing(t *testing.T) {
	t.Parallel()
	s, r := start(t)
	s.Do(t, "declare", "Checkout returns 502", "-s", "SEV-1", "--service", "checkout", "--detach")
	s.Do(t, "ack", "INC-1")
	s.Do(t, "publish", "INC-1", "--status", "investigating", "--message", "Some payments fail.", "--yes")
	r.await(t, 3)
	for _, view := range []string{"timeline", "alerts", "changes", "notifier", "statuspage"} {
		s.Do(t, "rebuild", view)
	}
	s.Do(t, "note", "INC-1", "after the rebuilds")
	r.await(t, 4)
	r.mu.Lock()
	defer r.mu.Unlock()
	times := map[string]int{}
	for _, d := range r.deliveries {
		if times[d.ID]++; times[d.ID] > 1 {
			t.Errorf("%s was delivered %d times", d.ID, times[d.ID])
		}
	}
}
