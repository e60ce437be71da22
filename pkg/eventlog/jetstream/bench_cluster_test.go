package jetstream_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	"github.com/bridgelog/bridgelog/pkg/natstest"
)

// BenchmarkAppendReplicated is BenchmarkAppend on three server processes.
func BenchmarkAppendReplicated(b *testing.B) {
	cluster := natstest.StartCluster(b)
	for _, n := range []int{1, 64, 256} {
		for _, kind := range []string{"raw", "single", "grouped"} {
			b.Run(fmt.Sprintf("%s/%d", kind, n), func(b *testing.B) {
				cluster.Reset()
				log := cluster.Log(jetstream.Config{}, jetstream.Options{NoGrouping: kind == "single"})
				if kind == "raw" {
					writers(b, n, raw(b, cluster.Conn(natsserver.UserCommand)))
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
