package natstest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"github.com/bridgelog/bridgelog/pkg/eventlog/jetstream"
	"github.com/bridgelog/bridgelog/pkg/freeport"
	"github.com/bridgelog/bridgelog/pkg/natsserver"
)

// startTimeout bounds waiting for a quorum; an election takes 4 to 9 s.
const startTimeout = 2 * time.Minute

// Cluster is three server processes with the configuration under deploy/nats.
type Cluster struct {
	// Nodes are its servers.
	Nodes []*Node

	t       testing.TB
	secrets map[natsserver.User]string
}

// StartCluster starts three nodes with empty stores and waits until streams can be created. They
// end with the test.
func StartCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t, secrets: make(map[natsserver.User]string)}
	env := []string{envNode + "=" + configFile(t, "cluster.conf"), "BRIDGELOG_NATS_ROUTE=p" + rand.Text()}
	for _, user := range natsserver.Users() {
		c.secrets[user] = "p" + rand.Text()
		env = append(env, "BRIDGELOG_NATS_"+strings.ToUpper(string(user))+"="+c.secrets[user])
	}
	ports := freePorts(t, 6)
	secret := strings.TrimPrefix(env[1], "BRIDGELOG_NATS_ROUTE=")
	dir := t.TempDir()
	for i := range 3 {
		c.Nodes = append(c.Nodes, newNode(dir, i, ports, secret, env))
	}
	t.Cleanup(func() {
		for _, n := range c.Nodes {
			n.Kill()
		}
	})
	for _, n := range c.Nodes {
		n.start(t)
	}
	c.WaitReady()
	return c
}

func newNode(dir string, i int, ports []string, secret string, shared []string) *Node {
	name := fmt.Sprintf("node-%d", i+1)
	n := &Node{Name: name, Addr: ports[i], Dir: filepath.Join(dir, name)}
	var routes []string
	for j := range 3 {
		if j != i {
			routes = append(routes, "nats://route:"+secret+"@"+ports[3+j])
		}
	}
	n.env = append(append([]string{}, shared...),
		"BRIDGELOG_NATS_NAME="+name, "BRIDGELOG_NATS_LISTEN="+n.Addr, "BRIDGELOG_NATS_STORE="+n.Dir,
		"BRIDGELOG_NATS_CLUSTER_LISTEN="+ports[3+i], "BRIDGELOG_NATS_ROUTES=["+strings.Join(routes, ", ")+"]")
	return n
}

// Start starts a node again after Kill or Stop.
func (c *Cluster) Start(n *Node) {
	c.t.Helper()
	n.start(c.t)
}

// URL lists the nodes for a user, password included.
func (c *Cluster) URL(user natsserver.User) string {
	urls := make([]string, len(c.Nodes))
	for i, n := range c.Nodes {
		urls[i] = "nats://" + string(user) + ":" + c.secrets[user] + "@" + n.Addr
	}
	return strings.Join(urls, ",")
}

// Conn connects a user for the time of the test; it reconnects for ever.
func (c *Cluster) Conn(user natsserver.User, opts ...nats.Option) *nats.Conn {
	c.t.Helper()
	all := []nats.Option{
		nats.Name(string(user)), nats.CustomInboxPrefix("_INBOX." + string(user)), nats.MaxReconnects(-1),
		nats.ReconnectWait(50 * time.Millisecond), nats.RetryOnFailedConnect(true),
	}
	nc, err := nats.Connect(c.URL(user), append(all, opts...)...)
	if err != nil {
		c.t.Fatalf("connect: %v", err)
	}
	c.t.Cleanup(nc.Close)
	return nc
}

// WaitReady waits until the cluster has a leader that answers.
func (c *Cluster) WaitReady() {
	c.t.Helper()
	nc := c.Conn(natsserver.UserBootstrap)
	defer nc.Close()
	js, err := natsjs.New(nc)
	if err != nil {
		c.t.Fatal(err)
	}
	c.poll("a leader", func(ctx context.Context) bool {
		_, err := js.AccountInfo(ctx)
		return err == nil
	})
}

// WaitCurrent waits until every node has all of the log, as somebody does who restarts
// servers one after the other: with one away and one behind there is no majority.
func (c *Cluster) WaitCurrent() {
	c.t.Helper()
	nc := c.Conn(natsserver.UserReader)
	defer nc.Close()
	js, err := natsjs.New(nc)
	if err != nil {
		c.t.Fatal(err)
	}
	c.poll("every node up to date", func(ctx context.Context) bool {
		stream, err := js.Stream(ctx, jetstream.StreamLog)
		if err != nil || stream.CachedInfo().Cluster == nil || stream.CachedInfo().Cluster.Leader == "" {
			return false
		}
		replicas := stream.CachedInfo().Cluster.Replicas
		behind := func(p *natsjs.PeerInfo) bool { return p.Offline || !p.Current }
		return len(replicas) == len(c.Nodes)-1 && !slices.ContainsFunc(replicas, behind)
	})
}

// Log bootstraps on three replicas and opens the log.
func (c *Cluster) Log(config jetstream.Config, opts jetstream.Options) *jetstream.Log {
	c.t.Helper()
	config.Replicas = 3
	bootstrap(c.t, c.Conn(natsserver.UserBootstrap), c.Conn(natsserver.UserSystem), c.Conn(natsserver.UserPublisher), config)
	return OpenLog(c.t, c.Conn(natsserver.UserCommand), opts)
}

// Reset deletes the log, so that the next one begins a new epoch.
func (c *Cluster) Reset() {
	c.t.Helper()
	nc := c.Conn(natsserver.UserBootstrap)
	defer nc.Close()
	js, err := natsjs.New(nc)
	if err != nil {
		c.t.Fatal(err)
	}
	c.poll("rid of the log", func(ctx context.Context) bool {
		err := js.DeleteStream(ctx, jetstream.StreamLog)
		return err == nil || errors.Is(err, natsjs.ErrStreamNotFound)
	})
}

// Leader is the node that leads the log.
func (c *Cluster) Leader() *Node {
	c.t.Helper()
	js, err := natsjs.New(c.Conn(natsserver.UserReader))
	if err != nil {
		c.t.Fatal(err)
	}
	var leader *Node
	c.poll("a leader of the log", func(ctx context.Context) bool {
		stream, err := js.Stream(ctx, jetstream.StreamLog)
		if err != nil || stream.CachedInfo().Cluster == nil {
			return false
		}
		for _, n := range c.Nodes {
			if n.Name == stream.CachedInfo().Cluster.Leader {
				leader = n
			}
		}
		return leader != nil
	})
	return leader
}

// poll asks until the answer is yes.
func (c *Cluster) poll(what string, ask func(context.Context) bool) {
	c.t.Helper()
	deadline := time.NewTimer(startTimeout)
	defer deadline.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(c.t.Context(), time.Second)
		ok := ask(ctx)
		cancel()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			c.t.Fatalf("the cluster has not got %s after %s", what, startTimeout)
		}
	}
}

// freePorts finds loopback addresses that stay free while a node is dead.
func freePorts(t testing.TB, n int) []string {
	t.Helper()
	ports, err := freeport.Find(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	addrs := make([]string, n)
	for i, port := range ports {
		addrs[i] = freeport.Address(port)
	}
	return addrs
}

// configFile copies the files under deploy/nats and gives the bootstrap one right
// more than in production: to delete streams, for [Cluster.Reset].
func configFile(t testing.TB, name string) string {
	t.Helper()
	_, here, _, _ := runtime.Caller(0)
	from, to := filepath.Join(filepath.Dir(here), "..", "..", "deploy", "nats"), t.TempDir()
	for _, file := range []string{name, "accounts.conf"} {
		text, err := os.ReadFile(filepath.Join(from, file))
		if err != nil {
			t.Fatalf("find the servers' configuration: %v", err)
		}
		const right = `"$JS.API.STREAM.UPDATE.*"`
		text = bytes.ReplaceAll(text, []byte(right), []byte(right+`, "$JS.API.STREAM.DELETE.*"`))
		if err := os.WriteFile(filepath.Join(to, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(to, name)
}
