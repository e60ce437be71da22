package jetstream_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/eventlogtest"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// writers appends from n goroutines, each to subjects of its own, and reports
// the rate and the latencies. append stores one message that no other precedes.
func writers(b *testing.B, n int, store func(context.Context, eventlog.Append) error) {
	b.Helper()
	requests := make([]eventlog.Append, b.N)
	for i := range requests {
		requests[i] = eventlogtest.NewAggregate(b, "incident.b"+strconv.Itoa(i)).Seal(strings.Repeat("x", 150))
	}
	latencies := make([]time.Duration, b.N)
	next := make(chan int, b.N)
	for i := range b.N {
		next <- i
	}
	close(next)
	b.ResetTimer()
	var group sync.WaitGroup
	for range n {
		group.Go(func() {
			for i := range next {
				start := time.Now()
				if err := store(b.Context(), requests[i]); err != nil {
					b.Error(err)
					return
				}
				latencies[i] = time.Since(start)
			}
		})
	}
	group.Wait()
	b.StopTimer()
	slices.Sort(latencies)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
	b.ReportMetric(float64(latencies[len(latencies)/2].Microseconds()), "p50-us")
	b.ReportMetric(float64(latencies[len(latencies)*99/100].Microseconds()), "p99-us")
}

// BenchmarkAppend compares the raw limit, JetStream's own publish of the same
// bytes with the same durability, with Append, grouped and not.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 8, 16, 32, 64, 256} {
		for _, kind := range []string{"raw", "single", "grouped"} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				server := natstest.Start(b)
				log := server.Log(jetstream.Config{}, jetstream.Options{NoGrouping: kind == "single"})
				if kind == "raw" {
					writers(b, n, raw(b, server.Conn(natsserver.UserCommand)))
					return
				}
				writers(b, n, func(ctx context.Context, a eventlog.Append) error {
					_, err := log.Append(ctx, a)
					return err
				})
			})
		}
	}
}

func raw(b *testing.B, nc *nats.Conn) func(context.Context, eventlog.Append) error {
	js, err := natsjs.New(nc)
	if err != nil {
		b.Fatal(err)
	}
	return func(ctx context.Context, a eventlog.Append) error {
		_, err := js.Publish(ctx, a.Subject, a.Data, natsjs.WithExpectLastSequencePerSubject(a.Expect))
		return err
	}
}

// filled is a log of one-event commits, spread over subjects of 12.
func filled(b *testing.B, messages int) *jetstream.Log {
	b.Helper()
	log := natstest.Start(b).Log(jetstream.Config{}, jetstream.Options{})
	all := make([]*eventlogtest.Aggregate, messages/12)
	for i := range all {
		all[i] = eventlogtest.NewAggregate(b, "incident.b"+strconv.Itoa(i))
	}
	for range 12 {
		for some := range slices.Chunk(all, eventlog.MaxBatch) {
			batch := make([]eventlog.Append, len(some))
			for i, a := range some {
				batch[i] = a.Seal(strings.Repeat("x", 150))
			}
			positions, err := log.AppendBatch(b.Context(), batch)
			if err != nil {
				b.Fatal(err)
			}
			for i, a := range some {
				a.Accept(batch[i], positions[i])
			}
		}
	}
	return log
}

func BenchmarkLoad(b *testing.B) {
	log := filled(b, 12_000)
	i := 0
	for b.Loop() {
		messages, err := log.Load(b.Context(), "incident.b"+strconv.Itoa(i%1000), 0)
		if err != nil || len(messages) != 12 {
			b.Fatal(len(messages), err)
		}
		i++
	}
}

func BenchmarkLastSequence(b *testing.B) {
	log := filled(b, 12_000)
	for b.Loop() {
		if _, err := log.LastSequence(b.Context(), "incident.b7"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplay reads the whole log and decodes every envelope; one operation
// is one event.
func BenchmarkReplay(b *testing.B) {
	const messages = 240_000
	log := filled(b, messages)
	for _, verify := range []bool{false, true} {
		b.Run(map[bool]string{false: "decode", true: "verify"}[verify], func(b *testing.B) {
			for read := 0; read < b.N; {
				until := min(messages, b.N-read)
				err := log.Read(b.Context(), eventlog.Position{}, uint64(until), func(m eventlog.Message) error {
					return decode(m, verify)
				})
				if err != nil {
					b.Fatal(err)
				}
				read += until
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func decode(m eventlog.Message, verify bool) error {
	c, err := chain.Open(m.Data)
	if err != nil {
		return err
	}
	for _, r := range c.Records {
		if verify {
			_, err = chain.VerifyRecord(r)
		} else {
			_, err = r.Envelope()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
