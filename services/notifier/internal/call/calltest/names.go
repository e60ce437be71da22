package calltest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Names is a name server on loopback: each name has addresses, one look-up after
// the other, the last one for ever.
type Names struct {
	mu      sync.Mutex
	answers map[string][][4]byte
	asked   map[string]int
}

// ServeNames makes the process resolve by it until the test ends.
func ServeNames(t testing.TB, answers map[string][][4]byte) *Names {
	t.Helper()
	n := &Names{answers: answers, asked: map[string]int{}}
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buffer := make([]byte, 1500)
		for {
			size, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer := n.answer(buffer[:size]); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	before := net.DefaultResolver
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
	t.Cleanup(func() {
		net.DefaultResolver = before
		_ = conn.Close()
		<-done
	})
	return n
}

// Asked is how often the address of a name was looked up.
func (n *Names) Asked(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[name]
}

func (n *Names) answer(request []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(request) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	n.mu.Lock()
	defer n.mu.Unlock()
	name := strings.TrimSuffix(q.Name.String(), ".")
	addresses, known := n.answers[name]
	switch {
	case !known:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		address := addresses[min(n.asked[name], len(addresses)-1)]
		n.asked[name]++
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}, Body: &dnsmessage.AResource{A: address},
		}}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// Knocked is a server that counts connections, which nobody may make.
func Knocked(t testing.TB) (port string, connections *atomic.Int64) {
	t.Helper()
	connections = &atomic.Int64{}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, connections
}

// ForbiddenHosts are ways to write, and names that resolve to, addresses that may
// not be called.
func ForbiddenHosts() (hosts []string, answers map[string][][4]byte) {
	answers = map[string][][4]byte{}
	for _, a := range [][4]byte{
		{127, 0, 0, 1},
		{127, 1, 2, 3},
		{0, 0, 0, 0},
		{10, 0, 0, 1},
		{10, 255, 1, 2},
		{100, 64, 0, 1},
		{100, 127, 255, 254},
		{169, 254, 169, 254},
		{169, 254, 170, 2},
		{172, 16, 0, 1},
		{172, 31, 255, 254},
		{192, 0, 0, 1},
		{192, 0, 2, 1},
		{192, 88, 99, 1},
		{192, 168, 0, 1},
		{192, 168, 255, 254},
		{198, 18, 0, 1},
		{198, 51, 100, 1},
		{203, 0, 113, 1},
		{224, 0, 0, 1},
		{240, 0, 0, 1},
		{255, 255, 255, 255},
	} {
		dotted := fmt.Sprintf("%d.%d.%d.%d", a[0], a[1], a[2], a[3])
		whole := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
		name := strings.ReplaceAll(dotted, ".", "-") + ".example.com"
		answers[name] = [][4]byte{a}
		hosts = append(hosts, dotted, fmt.Sprint(whole), fmt.Sprintf("0x%x", whole), fmt.Sprintf("0%o.0%o.0%o.0%o", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("%d.%d", a[0], whole&0xffffff), "[::ffff:"+dotted+"]", fmt.Sprintf("[64:ff9b::%02x%02x:%02x%02x]", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("[2002:%02x%02x:%02x%02x::1]", a[0], a[1], a[2], a[3]), name)
	}
	return append(hosts, "localhost", "[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[2001:db8::1]"), answers
}
