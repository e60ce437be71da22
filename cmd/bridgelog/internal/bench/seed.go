package bench

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// broker is an embedded server in a data directory as `bridgelog up` keeps it.
type broker struct {
	server *natsserver.Server
	log    *jetstream.Log
	close  func()
}

// openBroker starts a server on DIR/nats with an attested log.
func openBroker(ctx context.Context, dataDir string) (*broker, error) {
	server, err := natsserver.Start(ctx, natsserver.Options{Dir: filepath.Join(dataDir, "nats")})
	if err != nil {
		return nil, err
	}
	admin, err := server.Connect(natsserver.UserBootstrap)
	if err != nil {
		server.Close()
		return nil, err
	}
	defer admin.Close()
	system, err := server.Connect(natsserver.UserSystem)
	if err != nil {
		server.Close()
		return nil, err
	}
	defer system.Close()
	if _, err := jetstream.Bootstrap(ctx, admin, system, jetstream.Config{LogBytes: 16 << 30}); err != nil {
		server.Close()
		return nil, err
	}
	writer, err := server.Connect(natsserver.UserCommand)
	if err != nil {
		server.Close()
		return nil, err
	}
	log, err := jetstream.Open(ctx, writer, jetstream.Options{})
	if err != nil {
		writer.Close()
		server.Close()
		return nil, err
	}
	return &broker{server: server, log: log, close: func() { writer.Close(); server.Close() }}, nil
}

// seedPerBatch is how many incidents grow side by side; a declaration takes two
// messages of a batch.
const seedPerBatch = eventlog.MaxBatch / 2

// seed writes histories of whole incidents into the log of a data directory on
// which nothing runs, as if they had been worked on a year ago, until there are
// at least events of them. It returns how many events and incidents it wrote.
func seed(ctx context.Context, dataDir string, events int) (written, incidents int, err error) {
	b, err := openBroker(ctx, dataDir)
	if err != nil {
		return 0, 0, fmt.Errorf("seed: %w", err)
	}
	defer b.close()
	began := time.Now().AddDate(-1, 0, 0).Truncate(time.Minute)
	for written < events {
		group := make([]*history, 0, seedPerBatch)
		for len(group) < seedPerBatch && written+len(group)*eventsPerIncident < events {
			incidents++
			group = append(group, newHistory(uint64(incidents), began.Add(time.Duration(incidents)*time.Minute)))
		}
		if err := seedGroup(ctx, b.log, group); err != nil {
			return written, incidents, fmt.Errorf("seed: %w", err)
		}
		written += len(group) * eventsPerIncident
	}
	return written, incidents, nil
}

func seedGroup(ctx context.Context, log eventlog.Writer, group []*history) error {
	for step := range eventsPerIncident {
		batch := make([]eventlog.Append, 0, eventlog.MaxBatch)
		for _, h := range group {
			if step == 0 {
				claim, err := numberClaim(h)
				if err != nil {
					return err
				}
				batch = append(batch, claim)
			}
			a, err := h.next()
			if err != nil {
				return err
			}
			batch = append(batch, a)
		}
		positions, err := log.AppendBatch(ctx, batch)
		if err != nil {
			return err
		}
		perHistory := len(batch) / len(group)
		for i, h := range group {
			h.previous = positions[(i+1)*perHistory-1].Sequence
		}
	}
	return nil
}

func numberClaim(h *history) (eventlog.Append, error) {
	facts, err := proto.Marshal(&incidentv1.NumberClaimedFacts{IncidentId: string(h.id)})
	if err != nil {
		return eventlog.Append{}, err
	}
	subject := "number." + strconv.FormatUint(h.number, 10)
	draft := chain.Draft{EventID: fmt.Sprintf("00000000-0000-7000-ffff-%012x", h.number), Type: "number.claimed", Facts: facts, Actor: "bench"}
	data, _, err := chain.Seal(chain.Head{}, subject, []chain.Draft{draft}, chain.Request{}, h.began, rand.Reader)
	return eventlog.Append{Subject: subject, Data: data}, err
}
