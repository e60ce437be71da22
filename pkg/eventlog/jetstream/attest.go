package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Keys of the stream's metadata.
const (
	metaEpoch      = "bridgelog_epoch"
	metaAttestedAt = "bridgelog_attested_at"
	metaServers    = "bridgelog_attested_servers"
	metaSyncAlways = "bridgelog_sync_always"
)

// serverReport is what a server says of itself to the system account.
type serverReport struct {
	Server struct {
		Name string `json:"name"`
	} `json:"server"`
	Data struct {
		Disabled bool `json:"disabled"`
		Config   struct {
			SyncAlways bool `json:"sync_always"`
		} `json:"config"`
		Meta struct {
			Size int `json:"cluster_size"`
		} `json:"meta_cluster"`
	} `json:"data"`
}

// attestGrace is how long the answers of servers are awaited that hold no part of
// the stream, once all that do have answered: one that is down must not keep the
// log from starting. The log is refused when the stream moves to such a server.
const attestGrace = time.Second

// attest asks every server. All that hold the stream have to answer; a server with
// JetStream that does not sync always is refused even if it holds no part of the
// stream yet, because it may come to.
func attest(ctx context.Context, system *nats.Conn, info *jetstream.StreamInfo, timeout time.Duration) (eventlog.Attestation, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	inbox := system.NewRespInbox()
	replies, err := system.SubscribeSync(inbox)
	if err != nil {
		return eventlog.Attestation{}, fmt.Errorf("ask the servers: %w", eventlog.ErrUnavailable)
	}
	defer func() { _ = replies.Unsubscribe() }() // ends with the connection at the latest
	if err := system.PublishRequest("$SYS.REQ.SERVER.PING.JSZ", inbox, []byte(`{"config":true}`)); err != nil {
		return eventlog.Attestation{}, fmt.Errorf("ask the servers: %w", eventlog.ErrUnavailable)
	}
	asked, err := collect(ctx, peers(info), func(ctx context.Context) (serverReport, error) { return nextReport(ctx, replies) })
	if err != nil {
		return eventlog.Attestation{}, err
	}
	slices.Sort(asked)
	return eventlog.Attestation{At: time.Now().UTC().Truncate(time.Second), Servers: asked, SyncAlways: true}, nil
}

// collect reads reports until every server of the cluster has answered, or those
// that hold the stream have and the others let the grace pass. It returns who syncs.
func collect(ctx context.Context, holders []string, next func(context.Context) (serverReport, error)) ([]string, error) {
	var asked []string
	missing := func() []string {
		return slices.DeleteFunc(slices.Clone(holders), func(name string) bool { return slices.Contains(asked, name) })
	}
	for size := 1; len(asked) < size || len(missing()) > 0; {
		report, err := await(ctx, len(asked) > 0 && len(missing()) == 0, next)
		switch {
		case err != nil && (len(asked) == 0 || len(missing()) > 0):
			return nil, fmt.Errorf("no answer from %s: %w", strings.Join(missing(), ", "), eventlog.ErrNotAttested)
		case err != nil:
			return asked, nil // who does not answer holds nothing
		case report.Data.Disabled:
			continue
		case !report.Data.Config.SyncAlways:
			return nil, fmt.Errorf("server %s does not sync every write to disk: set `sync_interval: always` in its jetstream section and restart it: %w", report.Server.Name, eventlog.ErrNotAttested)
		}
		asked, size = append(asked, report.Server.Name), max(size, report.Data.Meta.Size)
	}
	return asked, nil
}

// await reads the next report, only for the grace when nobody is missing.
func await(ctx context.Context, enough bool, next func(context.Context) (serverReport, error)) (serverReport, error) {
	if enough {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, attestGrace)
		defer cancel()
	}
	return next(ctx)
}

func nextReport(ctx context.Context, replies *nats.Subscription) (serverReport, error) {
	msg, err := replies.NextMsgWithContext(ctx)
	if err != nil {
		return serverReport{}, err
	}
	if msg.Header.Get("Status") != "" {
		return serverReport{}, errors.New("nobody answers")
	}
	var report serverReport
	return report, json.Unmarshal(msg.Data, &report)
}

// peers are the names of the servers that hold the stream.
func peers(info *jetstream.StreamInfo) []string {
	if info.Cluster == nil {
		return nil
	}
	names := []string{info.Cluster.Leader}
	for _, r := range info.Cluster.Replicas {
		names = append(names, r.Name)
	}
	return names
}

func withAttestation(metadata map[string]string, a eventlog.Attestation) map[string]string {
	metadata = maps.Clone(metadata)
	metadata[metaAttestedAt] = a.At.Format(time.RFC3339)
	metadata[metaServers] = strings.Join(a.Servers, " ")
	metadata[metaSyncAlways] = strconv.FormatBool(a.SyncAlways)
	return metadata
}

func attestationOf(metadata map[string]string) eventlog.Attestation {
	at, err := time.Parse(time.RFC3339, metadata[metaAttestedAt])
	if err != nil {
		return eventlog.Attestation{}
	}
	return eventlog.Attestation{
		At: at, Servers: strings.Fields(metadata[metaServers]), SyncAlways: metadata[metaSyncAlways] == "true",
	}
}

// checkAttested refuses a log that nobody attested, or that a server holds which
// was not asked.
func checkAttested(info *jetstream.StreamInfo) error {
	if !attestationOf(info.Config.Metadata).Valid() {
		return fmt.Errorf("run the bootstrap with system rights: %w", eventlog.ErrNotAttested)
	}
	if since := unattested(info); len(since) > 0 {
		return fmt.Errorf("server %s joined since; run the bootstrap again: %w", since[0], eventlog.ErrNotAttested)
	}
	return nil
}

// unattested are the servers that hold the log and were not asked.
func unattested(info *jetstream.StreamInfo) []string {
	asked := attestationOf(info.Config.Metadata).Servers
	return slices.DeleteFunc(peers(info), func(name string) bool { return slices.Contains(asked, name) })
}
