package timeline_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/record"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// BenchmarkProjectAtRate measures the CPU that the live projection takes while
// notes arrive at a steady rate on 64 incidents: in this process, which includes
// the appends to a log in memory, and in the database.
func BenchmarkProjectAtRate(b *testing.B) {
	for _, rate := range []int{1000, 5000} {
		b.Run(strconv.Itoa(rate), func(b *testing.B) { projectAtRate(b, rate) })
	}
}

func projectAtRate(b *testing.B, rate int) {
	log := memory.New(memory.Options{})
	w := &world{Writer: logtest.New(b, log), t: b, log: log, pool: server.Pool(b)}
	n := w.start()
	ids := make([]incident.ID, 64)
	for i := range ids {
		ids[i] = w.Declare(incident.Declare{Title: fmt.Sprintf("Slow %d", i), Severity: incident.SEV2}, logtest.Act{})
	}
	draft, err := record.Encode(incident.NoteAdded{Text: "Errors began at 14:05, right after the deploy of the payment service."})
	if err != nil {
		b.Fatal(err)
	}
	w.visible(n)
	own, database := cpu(b), w.databaseCPU(b)
	const tick = 2 * time.Millisecond
	perTick, written := rate*int(tick)/int(time.Second), 0
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for b.Loop() {
		<-ticker.C
		for range perTick {
			w.AppendRound(ids[written%len(ids):written%len(ids)+1], func(int) chain.Draft { return draft })
			written++
		}
	}
	w.visible(n)
	b.ReportMetric(float64((cpu(b)-own).Microseconds())/float64(written), "own-µs/event")
	b.ReportMetric(float64((w.databaseCPU(b)-database).Microseconds())/float64(written), "db-µs/event")
}

// visible waits until the view holds everything.
func (w *world) visible(n *node) {
	w.t.Helper()
	must[*timelinev1.GetIncidentResponse](w.t)(n.GetIncident(as(w.t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
}

// cpu is what this process took of the processors so far.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// databaseCPU is what the processes of the database took so far.
func (w *world) databaseCPU(b *testing.B) time.Duration {
	b.Helper()
	return databaseCPU(b, w.pool)
}

func databaseCPU(b *testing.B, pool *pgxpool.Pool) time.Duration {
	b.Helper()
	rows, err := pool.Query(context.Background(), "select pid from pg_stat_activity")
	if err != nil {
		b.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		b.Fatal(err)
	}
	var ticks int64
	for _, pid := range pids {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			continue // gone, or a database elsewhere
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		user, _ := strconv.ParseInt(fields[11], 10, 64)
		system, _ := strconv.ParseInt(fields[12], 10, 64)
		ticks += user + system
	}
	return time.Duration(ticks) * time.Second / 100
}
