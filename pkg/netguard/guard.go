package netguard

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
	"time"
)

var (
	// ErrForbidden: the address is not public and no operator has allowed it.
	ErrForbidden = errors.New("the address is not a public one: an operator has to allow it")
	// ErrBadURL: the URL is not one that may be called.
	ErrBadURL = errors.New("the URL cannot be called")
)

// Times and sizes of the transport.
const (
	dialTimeout   = 5 * time.Second
	tlsTimeout    = 5 * time.Second
	idleTimeout   = 90 * time.Second
	maxHeader     = 64 << 10
	maxIdleByHost = 64
)

// Guard decides which addresses may be connected to. The zero Guard allows public
// ones only.
type Guard struct {
	// Allow are prefixes that an operator allows besides.
	Allow []netip.Prefix
}

// Check returns [ErrForbidden] unless the address may be connected to.
func (g Guard) Check(addr netip.Addr) error {
	addr = addr.Unmap()
	if addr.IsValid() && addr.Zone() == "" && (g.Allows(addr) || isPublic(addr)) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrForbidden, addr)
}

// Allows tells whether an operator has allowed the address by name.
func (g Guard) Allows(addr netip.Addr) bool {
	addr = addr.Unmap()
	return slices.ContainsFunc(g.Allow, func(p netip.Prefix) bool { return p.Contains(addr) })
}

func isPublic(addr netip.Addr) bool {
	contains := func(p netip.Prefix) bool { return p.Contains(addr) }
	if addr.Is4() {
		return !slices.ContainsFunc(denied4(), contains)
	}
	return public6().Contains(addr) && !slices.ContainsFunc(denied6(), contains)
}

// CheckURL returns [ErrBadURL] for what is no http or https URL with a host, and
// for user names and fragments, which receivers do not need. Addresses are
// checked when they are dialled, not here.
func CheckURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: it is not a URL", ErrBadURL)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%w: it has to begin with https://", ErrBadURL)
	case u.Hostname() == "":
		return nil, fmt.Errorf("%w: it has no host", ErrBadURL)
	case u.User != nil:
		return nil, fmt.Errorf("%w: leave the user name out", ErrBadURL)
	case u.Fragment != "":
		return nil, fmt.Errorf("%w: leave the part behind # out", ErrBadURL)
	}
	return u, nil
}

// plainKey marks the context of a request without TLS.
type plainKey struct{}

// Client returns an HTTP client whose every connection is checked, which follows
// no redirect and uses no proxy. Requests without TLS reach allowed prefixes only.
// Timeout bounds a whole request, the reading of the body included.
func (g Guard) Client(timeout time.Duration) *http.Client {
	return &http.Client{
		Transport:     &transport{base: g.transport()},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       timeout,
	}
}

func (g Guard) transport() *http.Transport {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, ControlContext: g.control}
	return &http.Transport{
		Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: tlsTimeout,
		IdleConnTimeout: idleTimeout, MaxResponseHeaderBytes: maxHeader, MaxIdleConns: 1024, MaxIdleConnsPerHost: maxIdleByHost,
		// A compressed answer could be a bomb, and nobody reads it.
		DisableCompression: true,
	}
}

// Dial connects to host and port, with the same check of every address as [Guard.Client].
// What is sent over a connection without TLS reaches allowed prefixes only, so plain says
// whether it is one.
func (g Guard) Dial(ctx context.Context, network, address string, plain bool) (net.Conn, error) {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second, ControlContext: g.control}
	conn, err := dialer.DialContext(context.WithValue(ctx, plainKey{}, plain), network, address)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	return conn, nil
}

// control is called with the address that is connected to, after its name was
// resolved and before a packet leaves.
func (g Guard) control(ctx context.Context, _, address string, _ syscall.RawConn) error {
	addr, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrForbidden, address)
	}
	if err := g.Check(addr.Addr()); err != nil {
		return err
	}
	if plain, _ := ctx.Value(plainKey{}).(bool); plain && !g.Allows(addr.Addr()) {
		return fmt.Errorf("%w: requests without TLS leave only for addresses that an operator allows: use TLS", ErrForbidden)
	}
	return nil
}

// transport tells the dialer whether there will be TLS.
type transport struct{ base *http.Transport }

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" {
		r = r.WithContext(context.WithValue(r.Context(), plainKey{}, true))
	}
	return t.base.RoundTrip(r)
}

// CloseIdleConnections closes what no request uses.
func (t *transport) CloseIdleConnections() { t.base.CloseIdleConnections() }
