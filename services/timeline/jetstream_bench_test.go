package timeline_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/services/timeline/internal/rebuild"
)

// realLog is a log on an embedded server that syncs every write.
func realLog(b *testing.B) *jetstream.Log {
	b.Helper()
	server, err := natsserver.Start(b.Context(), natsserver.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(server.Close)
	admin, err := server.Connect(natsserver.UserBootstrap)
	if err != nil {
		b.Fatal(err)
	}
	defer admin.Close()
	system, err := server.Connect(natsserver.UserSystem)
	if err != nil {
		b.Fatal(err)
	}
	defer system.Close()
	if _, err := jetstream.Bootstrap(b.Context(), admin, system, jetstream.Config{LogBytes: 8 << 30}); err != nil {
		b.Fatal(err)
	}
	conn, err := server.Connect(natsserver.UserCommand)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(conn.Close)
	log, err := jetstream.Open(b.Context(), conn, jetstream.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return log
}

// BenchmarkRebuildFromJetStream measures a rebuild from a real log, phase by
// phase.
func BenchmarkRebuildFromJetStream(b *testing.B) {
	log := realLog(b)
	events := bulkInto(b, log)
	s, pool := benchStore(b)
	if _, err := pool.Exec(b.Context(), "update timeline.live set fold = 0"); err != nil {
		b.Fatal(err)
	}
	r := rebuild.New(log, s, pool, slog.New(slog.DiscardHandler))
	var swung time.Duration
	for b.Loop() {
		began, last, phase := time.Now(), time.Now(), rebuild.Phase(0)
		err := r.Run(b.Context(), func(p rebuild.Progress) {
			if p.Phase != phase || p.Done == 0 {
				b.Logf("phase %d took %v", phase, time.Since(last))
				phase, last = p.Phase, time.Now()
			}
			if p.Phase == rebuild.Swung {
				swung += time.Since(began)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*events)/swung.Seconds(), "events/s")
}
