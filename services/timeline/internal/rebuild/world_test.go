package rebuild_test

import (
	"log/slog"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/postgres/pgtest"
	"github.com/bridgelog/bridgelog/pkg/projection"
	"github.com/bridgelog/bridgelog/services/timeline/internal/fold"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
	"github.com/bridgelog/bridgelog/services/timeline/internal/store"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

var server pgtest.Server

func TestMain(m *testing.M) { os.Exit(server.Run(m)) }

// world is a log with a live model that follows it when it is told to.
type world struct {
	*logtest.Writer
	t         *testing.T
	log       *memory.Log
	pool      *pgxpool.Pool
	store     *store.Store
	engine    *fold.Engine
	at        eventlog.Position
	rebuilder *rebuild.Rebuilder
}

func newWorld(t *testing.T) *world {
	t.Helper()
	log := memory.New(memory.Options{})
	w := &world{
		Writer: logtest.New(t, log), t: t, log: log, pool: server.Pool(t),
		engine: fold.NewEngine(log, fold.Options{Entries: 40}),
	}
	w.store = store.New(w.pool)
	if err := w.store.Prepare(t.Context(), view.Version()); err != nil {
		t.Fatal(err)
	}
	w.rebuilder = rebuild.New(log, w.store, w.pool, slog.New(slog.DiscardHandler))
	return w
}

// follow brings the live model to the end of the log, in batches of random sizes.
func (w *world) follow(r *rand.Rand) {
	w.t.Helper()
	head, err := w.log.Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	for w.at.Sequence < head.Sequence {
		var batch []eventlog.Message
		err := w.log.Read(w.t.Context(), w.at, min(head.Sequence, w.at.Sequence+1+r.Uint64N(20)), func(m eventlog.Message) error {
			batch = append(batch, m)
			return nil
		})
		if err != nil {
			w.t.Fatal(err)
		}
		w.apply(batch)
	}
}

func (w *world) apply(batch []eventlog.Message) {
	w.t.Helper()
	to, err := batch[len(batch)-1].Position()
	if err != nil {
		w.t.Fatal(err)
	}
	rows, err := w.engine.Rows(w.t.Context(), batch)
	if err != nil {
		w.t.Fatal(err)
	}
	err = pgx.BeginFunc(w.t.Context(), w.pool, func(tx pgx.Tx) error {
		if err := store.Enter(w.t.Context(), tx, view.Version()); err != nil {
			return err
		}
		if err := projection.Advance(w.t.Context(), tx, w.at, to); err != nil {
			return err
		}
		return store.Write(w.t.Context(), tx, rows)
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.at = to
}

// rows are all rows of the live version as text, with their table before them.
func (w *world) rows() []string {
	w.t.Helper()
	return query[string](w, `select 'incident ' || i::text from incident i union all select 'entry ' || e::text from entry e
		union all select 'words ' || w::text from entry_words w
		union all select 'service ' || s::text from incident_service s union all select 'quarantine ' || q::text from quarantine q order by 1`)
}

// query returns a column from the live version.
func query[T any](w *world, sql string) []T {
	w.t.Helper()
	var found []T
	err := pgx.BeginFunc(w.t.Context(), w.pool, func(tx pgx.Tx) error {
		if err := store.Enter(w.t.Context(), tx, view.Version()); err != nil {
			return err
		}
		rows, err := tx.Query(w.t.Context(), sql)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowTo[T])
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// version is that of the live model.
func (w *world) version() int {
	w.t.Helper()
	live, err := w.store.Live(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return live.Version
}

// exec changes the live version.
func (w *world) exec(sql string) {
	w.t.Helper()
	err := pgx.BeginFunc(w.t.Context(), w.pool, func(tx pgx.Tx) error {
		if err := store.Enter(w.t.Context(), tx, view.Version()); err != nil {
			return err
		}
		_, err := tx.Exec(w.t.Context(), sql)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
