package notifier_test

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/services/notifier/internal/ledger"
)

// attendLock is the first half of the key by which a process attends.
const attendLock = 0x62726e77

// leased puts a receiver into the hands of a process for an hour.
func (s *system) leased(webhook string, process int) {
	s.t.Helper()
	if _, err := s.pool.Exec(s.t.Context(), `insert into notifier_ledger.endpoint (webhook_id, lease_owner, lease_process, lease_until, due_at)
		values ($1, 'somebody', $2, now() + interval '1 hour', now() + interval '1 hour')
		on conflict (webhook_id) do update set lease_owner = excluded.lease_owner, lease_process = excluded.lease_process,
			lease_until = excluded.lease_until, due_at = excluded.due_at`, webhook, process); err != nil {
		s.t.Fatal(err)
	}
}

// TestALeaseEndsWithItsProcess leaves receivers in the hands of two processes: what
// the dead one had is free at once, what the living one has is not.
func TestALeaseEndsWithItsProcess(t *testing.T) {
	s := newSystem(t)
	s.start()
	s.stop()
	const alive, dead = 1, 2
	session, err := s.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer session.Release()
	if _, err := session.Exec(t.Context(), "select pg_advisory_lock($1::int, $2::int)", int32(attendLock), int32(alive)); err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = session.Exec(t.Context(), "select pg_advisory_unlock_all()") }()
	s.leased("of-the-living", alive)
	s.leased("of-the-dead", dead)
	other := ledger.New(s.pool)
	s.poll("the dead one is noticed", func() bool {
		if err := other.Dismiss(t.Context()); err != nil {
			t.Fatal(err)
		}
		return s.count("select count(*) from notifier_ledger.endpoint where webhook_id = 'of-the-dead' and lease_until is null and due_at <= now()") == 1
	})
	if s.count("select count(*) from notifier_ledger.endpoint where webhook_id = 'of-the-living' and lease_until > now()") != 1 {
		t.Error("a process that lives lost its lease")
	}
}

// TestARestartedProcessNeedNotWaitForALease dies with a receiver in its hands.
func TestARestartedProcessNeedNotWaitForALease(t *testing.T) {
	s := newSystem(t)
	r := newReceiver(t, secret)
	s.webhook("ops", r.URL, "")
	s.start()
	s.desk.Must(t, "a", declare(1))
	r.atLeast(t, 1)
	s.poll("recorded", func() bool { return s.count("select count(*) from notifier_ledger.attempt") == 1 })
	s.stop()
	var webhook string
	if err := s.pool.QueryRow(t.Context(), "select webhook_id from notifier_ledger.endpoint").Scan(&webhook); err != nil {
		t.Fatal(err)
	}
	s.leased(webhook, 4711)
	s.start()
	s.desk.Must(t, "a", incident.Acknowledge{})
	if got := r.atLeast(t, 2); got[1].Type != "dev.bridgelog.incident.acknowledged" {
		t.Errorf("got %+v", got)
	}
}
