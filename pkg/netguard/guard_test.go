package netguard_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/netguard"
)

func TestForbiddenAddresses(t *testing.T) {
	for _, text := range []string{
		"0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1",
		"172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7",
		"203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
		"::ffff:169.254.169.254", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
		"2002:7f00:1::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "5f00::1", "3fff::1", "2620:4f:8000::1",
	} {
		if err := (netguard.Guard{}).Check(netip.MustParseAddr(text)); !errors.Is(err, netguard.ErrForbidden) {
			t.Errorf("%s: %v, want ErrForbidden", text, err)
		}
	}
	if err := (netguard.Guard{}).Check(netip.Addr{}); !errors.Is(err, netguard.ErrForbidden) {
		t.Errorf("no address: %v", err)
	}
}

func TestPublicAddresses(t *testing.T) {
	for _, text := range []string{"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"} {
		if err := (netguard.Guard{}).Check(netip.MustParseAddr(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAllowedPrefixes(t *testing.T) {
	g := netguard.Guard{Allow: netguard.Loopback()}
	for text, want := range map[string]bool{"127.0.0.1": true, "::ffff:127.0.0.1": true, "::1": true, "10.0.0.1": false, "fe80::1": false} {
		if err := g.Check(netip.MustParseAddr(text)); (err == nil) != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestBadURLs(t *testing.T) {
	for _, text := range []string{"", "example.com", "ftp://example.com", "https://", "https://u:p@example.com", "https://example.com/#x", "http://[::1", "file:///etc/passwd", "gopher://x"} {
		if _, err := netguard.CheckURL(text); !errors.Is(err, netguard.ErrBadURL) {
			t.Errorf("%q: %v, want ErrBadURL", text, err)
		}
	}
	if _, err := netguard.CheckURL("https://example.com:8443/hooks?x=1"); err != nil {
		t.Error(err)
	}
}

func TestTheClientChecksWhatItDials(t *testing.T) {
	called := false
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		called = true
		w.Header().Set("Location", "http://169.254.169.254/latest/meta-data")
		w.WriteHeader(http.StatusFound)
	}))
	defer server.Close()
	t.Setenv("HTTP_PROXY", server.URL)
	byName := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	for _, target := range []string{server.URL, byName, "http://0.0.0.0/", "http://2130706433/", "http://169.254.169.254/"} {
		client := netguard.Guard{}.Client(time.Second)
		if answer, err := client.Get(target); err == nil {
			_ = answer.Body.Close()
			t.Errorf("%s was reached", target)
		} else if !errors.Is(err, netguard.ErrForbidden) && !strings.Contains(err.Error(), "no such host") {
			t.Errorf("%s: %v", target, err)
		}
		client.CloseIdleConnections()
	}
	if called {
		t.Fatal("a forbidden address was connected to")
	}
	client := netguard.Guard{Allow: netguard.Loopback()}.Client(time.Second)
	defer client.CloseIdleConnections()
	answer, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusFound {
		t.Errorf("the redirect was followed: %s", answer.Status)
	}
}

func FuzzCheckURL(f *testing.F) {
	f.Add("https://example.com/x?y#z")
	f.Add("http://[::ffff:127.0.0.1]:80/")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := netguard.CheckURL(text)
		if err == nil && (u.Hostname() == "" || u.User != nil) {
			t.Fatalf("%q passed as %v", text, u)
		}
	})
}

func TestWhatIsDialledIsChecked(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	address := strings.TrimPrefix(server.URL, "http://")
	for name, c := range map[string]struct {
		guard netguard.Guard
		plain bool
		want  bool
	}{
		"nobody allowed it":       {netguard.Guard{}, false, false},
		"in the clear, allowed":   {netguard.Guard{Allow: netguard.Loopback()}, true, true},
		"with TLS, allowed":       {netguard.Guard{Allow: netguard.Loopback()}, false, true},
		"in the clear, by nobody": {netguard.Guard{}, true, false},
	} {
		conn, err := c.guard.Dial(t.Context(), "tcp", address, c.plain)
		if (err == nil) != c.want || (!c.want && !errors.Is(err, netguard.ErrForbidden)) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}
