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
	} `json:"data"`
}

// attest asks every server and returns when all that hold the stream have
// answered; a server with JetStream that does not sync always is refused even if
// it holds no part of the stream yet, because it may come to.
func attest(ctx context.Context, system *nats.Conn, info *jetstream.StreamInfo, timeout time.Duration) (eventlog.Attestation, error) {
	missing := make(map[string]bool)
	for _, name := range peers(info) {
		missing[name] = true
	}
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
	var asked []string
	for len(missing) > 0 || len(asked) == 0 {
		report, err := nextReport(ctx, replies)
		if err != nil {
			return eventlog.Attestation{}, fmt.Errorf("no answer from %s: %w", strings.Join(sorted(missing), ", "), eventlog.ErrNotAttested)
		}
		if report.Data.Disabled {
			continue
		}
		if !report.Data.Config.SyncAlways {
			return eventlog.Attestation{}, fmt.Errorf("server %s does not sync every write to disk: set `sync_interval: always` in its jetstream section and restart it: %w", report.Server.Name, eventlog.ErrNotAttested)
		}
		asked = append(asked, report.Server.Name)
		delete(missing, report.Server.Name)
	}
	slices.Sort(asked)
	return eventlog.Attestation{At: time.Now().UTC().Truncate(time.Second), Servers: asked, SyncAlways: true}, nil
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

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

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
	a := attestationOf(info.Config.Metadata)
	if !a.Valid() {
		return fmt.Errorf("run the bootstrap with system rights: %w", eventlog.ErrNotAttested)
	}
	for _, name := range peers(info) {
		if !slices.Contains(a.Servers, name) {
			return fmt.Errorf("server %s joined since; run the bootstrap again: %w", name, eventlog.ErrNotAttested)
		}
	}
	return nil
}
