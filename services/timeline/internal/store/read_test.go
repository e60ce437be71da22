package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/row"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
)

// visible asks a snapshot for two incidents.
func visible(ctx context.Context, s *store.Snapshot) (int, error) {
	seen, err := s.Visible(ctx, []string{"one", "two"})
	return len(seen), err
}

func TestAQueryAfterTheLastIsRefused(t *testing.T) {
	s, _ := prepared(t)
	for range 2 { // at first it is prepared, then it travels with the rest
		err := s.Read(t.Context(), "test", store.Viewer{}, func(snapshot *store.Snapshot) error {
			snapshot.Last()
			if _, err := visible(t.Context(), snapshot); err != nil {
				t.Fatal(err)
			}
			_, err := visible(t.Context(), snapshot)
			return err
		})
		if err == nil || errors.Is(err, postgres.ErrUnavailable) {
			t.Fatalf("err = %v, want a refusal", err)
		}
	}
	if err := s.Read(t.Context(), "test", store.Viewer{}, func(snapshot *store.Snapshot) error {
		_, err := visible(t.Context(), snapshot)
		return err
	}); err != nil {
		t.Errorf("the connection is not usable any more: %v", err)
	}
}

// TestASnapshotIsOne: what is written between two queries of a snapshot is not
// seen by the second, which the first one's transaction decides.
func TestASnapshotIsOne(t *testing.T) {
	s, pool := prepared(t)
	write(t, pool, fold.Rows{Incidents: []row.Incident{some("one", 1)}})
	writer, err := pgx.ConnectConfig(t.Context(), pool.Config().ConnConfig.Copy())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close(context.WithoutCancel(t.Context()))
	for round := range 2 {
		err := s.Read(t.Context(), "test", store.Viewer{}, func(snapshot *store.Snapshot) error {
			before, err := visible(t.Context(), snapshot)
			if err != nil {
				return err
			}
			if _, err := writer.Exec(t.Context(), "update timeline_v1.incident set private = not private"); err != nil {
				return err
			}
			snapshot.Last()
			after, err := visible(t.Context(), snapshot)
			if before != 1-round || after != before {
				t.Errorf("round %d: %d incidents, then %d", round, before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadsFollowTheSwing: statements that a connection has prepared work on the
// version that replaces the one they were prepared on.
func TestReadsFollowTheSwing(t *testing.T) {
	s, pool := prepared(t)
	write(t, pool, fold.Rows{Incidents: []row.Incident{some("one", 1)}})
	read := func() (version, found int) {
		err := s.Read(t.Context(), "test", store.Viewer{}, func(snapshot *store.Snapshot) (err error) {
			snapshot.Last()
			found, err = visible(t.Context(), snapshot)
			version = snapshot.Live.Version
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return version, found
	}
	read()
	if version, found := read(); version != 1 || found != 1 {
		t.Errorf("version %d, %d incidents", version, found)
	}
	for want := 2; want < 4; want++ {
		swing(t, s, []row.Incident{some("one", 1), some("two", 2)})
		if version, found := read(); version != want || found != 2 {
			t.Errorf("after the swing version %d, %d incidents", version, found)
		}
		if err := s.DropOld(t.Context()); err != nil {
			t.Fatal(err)
		}
		read()
	}
}

// swing replaces the live version by one with the given incidents.
func swing(t *testing.T, s *store.Store, incidents []row.Incident) {
	t.Helper()
	live, err := s.Live(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.NewModel(t.Context(), live)
	if err != nil {
		t.Fatal(err)
	}
	next := func() (*row.Incident, error) {
		if len(incidents) == 0 {
			return nil, nil
		}
		i := incidents[0]
		incidents = incidents[1:]
		return &i, nil
	}
	if err := m.FillIncidents(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if err := m.FillEntries(t.Context(), func() ([]byte, error) { return nil, nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.Swing(t.Context(), m, live, foldVersion, func(eventlog.Position, pgx.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

// TestAConnectionKeepsFewStatements: lists of every kind go on beyond what it
// keeps.
func TestAConnectionKeepsFewStatements(t *testing.T) {
	s, pool := prepared(t)
	write(t, pool, fold.Rows{Incidents: []row.Incident{some("one", 1)}})
	for mask := range 300 {
		q := store.ListQuery{Limit: 5, Open: mask&1 > 0, Drills: mask&2 > 0, Maintenance: mask&4 > 0, IncludeMerged: mask&256 > 0}
		if mask&8 > 0 {
			q.Severities = []incident.Severity{incident.SEV2}
		}
		if mask&16 > 0 {
			q.Statuses = []incident.Status{incident.StatusTriage}
		}
		if mask&32 > 0 {
			q.Search = "nothing"
		}
		if mask&64 > 0 {
			q.Services = []string{"none"}
		}
		if mask&128 > 0 {
			q.Person = "nobody"
		}
		err := s.Read(t.Context(), fmt.Sprint(mask), store.Viewer{}, func(snapshot *store.Snapshot) error {
			snapshot.Last()
			list, _, err := snapshot.List(t.Context(), q)
			if want := mask&(32|64|128) == 0; err == nil && len(list) == 1 != want {
				t.Errorf("mask %d: %d incidents", mask, len(list))
			}
			return err
		})
		if err != nil {
			t.Fatalf("mask %d: %v", mask, err)
		}
	}
}

func TestAReadThatIsGivenUpLeavesNoTransaction(t *testing.T) {
	s, pool := prepared(t)
	wanted := errors.New("given up")
	for range 2 {
		err := s.Read(t.Context(), "test", store.Viewer{}, func(snapshot *store.Snapshot) error {
			if _, err := visible(t.Context(), snapshot); err != nil {
				return err
			}
			return wanted
		})
		if !errors.Is(err, wanted) {
			t.Fatalf("err = %v", err)
		}
		if n := pool.Stat().TotalConns(); n != 1 {
			t.Errorf("%d connections", n)
		}
		var idle bool
		if err := pool.QueryRow(t.Context(), "select pg_current_xact_id_if_assigned() is null and current_setting('search_path') not like 'timeline_v%'").Scan(&idle); err != nil || !idle {
			t.Errorf("the transaction is still there: %v", err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Read(ended, "test", store.Viewer{}, func(*store.Snapshot) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v", err)
	}
}
