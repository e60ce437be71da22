package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/postgres"
	"github.com/bridgelog/bridgelog/pkg/projection"
)

// Digests are fingerprints of all rows of each incident, by incident.
type Digests map[string]Digest

// Digest is the fingerprint of an incident's rows, whatever their order.
type Digest struct {
	Entries       int64
	Incident, Sum int64
}

const digestQuery = `select i.id, hash_record_extended(i, 0), count(e.incident_id), coalesce(bit_xor(hash_record_extended(e, 0)), 0)
	from incident i left join entry e on e.incident_id = i.id where $1::text[] is null or i.id = any($1) group by i.id, i.*`

func digests(ctx context.Context, tx pgx.Tx, only []string) (Digests, error) {
	rows, err := tx.Query(ctx, digestQuery, only)
	if err != nil {
		return nil, postgres.Wrap("compare timeline models", err)
	}
	found := Digests{}
	var id string
	var d Digest
	_, err = pgx.ForEachRow(rows, []any{&id, &d.Incident, &d.Entries, &d.Sum}, func() error {
		found[id] = d
		return nil
	})
	return found, postgres.Wrap("compare timeline models", err)
}

// LiveEntryDigests fingerprints each entry of an incident of the version on the
// search path, by revision.
func LiveEntryDigests(ctx context.Context, tx pgx.Tx, id string) (map[uint64]int64, error) {
	rows, err := tx.Query(ctx, "select revision, hash_record_extended(e, 0) from entry e where incident_id = $1", id)
	if err != nil {
		return nil, postgres.Wrap("compare timeline models", err)
	}
	found := map[uint64]int64{}
	var revision, digest int64
	_, err = pgx.ForEachRow(rows, []any{&revision, &digest}, func() error {
		found[uint64(revision)] = digest
		return nil
	})
	return found, postgres.Wrap("compare timeline models", err)
}

// EntryDigests fingerprints each entry of an incident of the version.
func (m *Model) EntryDigests(ctx context.Context, id string) (map[uint64]int64, error) {
	var found map[uint64]int64
	err := m.inTx(ctx, "compare timeline models", func(tx pgx.Tx) (err error) {
		found, err = LiveEntryDigests(ctx, tx, id)
		return err
	})
	return found, err
}

// Total is the fingerprint of all rows of a version, whatever their order.
type Total struct {
	Incidents, Entries    int64
	IncidentSum, EntrySum int64
}

func total(ctx context.Context, tx pgx.Tx) (Total, error) {
	var t Total
	err := tx.QueryRow(ctx, "select count(*), coalesce(bit_xor(hash_record_extended(i, 0)), 0) from incident i").Scan(&t.Incidents, &t.IncidentSum)
	if err == nil {
		err = tx.QueryRow(ctx, "select count(*), coalesce(bit_xor(hash_record_extended(e, 0)), 0) from entry e").Scan(&t.Entries, &t.EntrySum)
	}
	return t, postgres.Wrap("compare timeline models", err)
}

// Total fingerprints the version as a whole, which is quicker than [Model.Digests].
func (m *Model) Total(ctx context.Context) (Total, error) {
	var t Total
	err := m.inTx(ctx, "compare timeline models", func(tx pgx.Tx) (err error) {
		t, err = total(ctx, tx)
		return err
	})
	return t, err
}

// Total fingerprints the frozen version as a whole.
func (f *Frozen) Total(ctx context.Context) (Total, error) { return total(ctx, f.tx) }

// Digests fingerprints the version; only restricts it to some incidents, nil
// means all.
func (m *Model) Digests(ctx context.Context, only []string) (Digests, error) {
	var found Digests
	err := m.inTx(ctx, "compare timeline models", func(tx pgx.Tx) (err error) {
		found, err = digests(ctx, tx, only)
		return err
	})
	return found, err
}

// Frozen is the live version at one position, while it goes on.
type Frozen struct {
	conn *pgxpool.Conn
	tx   pgx.Tx
	// Position is where it was frozen.
	Position eventlog.Position
}

// Freeze takes a snapshot of the live version. The caller closes it.
func (s *Store) Freeze(ctx context.Context, live Live) (*Frozen, error) {
	const op = "freeze timeline model"
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, postgres.Wrap(op, err)
	}
	f := &Frozen{conn: conn}
	if f.tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err == nil {
		if _, err = f.tx.Exec(ctx, "set local statement_timeout to 0"); err == nil {
			if err = enterVersion(ctx, f.tx, live.Version); err == nil {
				f.Position, err = projection.Checkpoint(ctx, f.tx)
			}
		}
	}
	if err != nil {
		f.Close(ctx)
		return nil, postgres.Wrap(op, err)
	}
	return f, nil
}

// Digests fingerprints the frozen version.
func (f *Frozen) Digests(ctx context.Context) (Digests, error) { return digests(ctx, f.tx, nil) }

// Close lets the snapshot go.
func (f *Frozen) Close(ctx context.Context) {
	if f.tx != nil {
		_ = f.tx.Rollback(context.WithoutCancel(ctx)) // nothing was written
	}
	f.conn.Release()
}

// Differing returns the incidents that are not the same in both.
func Differing(a, b Digests) []string {
	var ids []string
	for id, d := range a {
		if other, ok := b[id]; !ok || other != d {
			ids = append(ids, id)
		}
	}
	for id := range b {
		if _, ok := a[id]; !ok {
			ids = append(ids, id)
		}
	}
	return ids
}
