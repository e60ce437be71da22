package natstest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and a server and loses what the test tells it
// to lose.
type Proxy struct {
	listener net.Listener
	target   string
	deaf     atomic.Bool
	sent     chan struct{}

	mu    sync.Mutex
	conns []net.Conn
	ended bool
	group sync.WaitGroup
}

// NewProxy listens on a loopback port and forwards to target ("host:port").
func NewProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	p := &Proxy{listener: listener, target: target, sent: make(chan struct{}, 1)}
	p.group.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

// Addr is where clients connect.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// LoseReplies makes the proxy swallow everything that the server sends, so that
// requests arrive but their acknowledgments do not.
func (p *Proxy) LoseReplies() { p.deaf.Store(true) }

// Heal ends LoseReplies and cuts the connections, so that clients start anew.
func (p *Proxy) Heal() {
	p.deaf.Store(false)
	p.cut()
}

// Swallowed is signalled when something was lost.
func (p *Proxy) Swallowed() <-chan struct{} { return p.sent }

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			closeAll(client)
			continue
		}
		if !p.keep(client, server) {
			closeAll(client, server)
			return
		}
		p.group.Go(func() { p.pipe(server, client, false) })
		p.group.Go(func() { p.pipe(client, server, true) })
	}
}

// keep remembers the connections of a pair, unless the proxy has ended.
func (p *Proxy) keep(pair ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns = append(p.conns, pair...)
	return !p.ended
}

func (p *Proxy) pipe(to, from net.Conn, replies bool) {
	defer closeAll(to, from)
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && replies && p.deaf.Load() {
			select {
			case p.sent <- struct{}{}:
			default:
			}
		} else if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		closeAll(c)
	}
	p.conns = nil
}

func (p *Proxy) close() {
	closeAll(p.listener)
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.cut()
	p.group.Wait()
}
