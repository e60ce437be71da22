package cli

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/bridgelog/bridgelog/pkg/netguard"
)

// receiverWarning says what the server will do with a receiver's URL that is not an
// encrypted one to a public address, or nothing. A name may resolve to anything: the
// server looks when it connects.
func receiverWarning(text string) string {
	const refused = "the server delivers there only if its allow-private-receivers names the address (`up` names loopback), else deliveries are forbidden"
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	switch inside := isInside(u.Hostname()); {
	case inside && u.Scheme == "http":
		return u.Host + " is a private address, and http:// is not encrypted: " + refused
	case inside:
		return u.Host + " is a private address: " + refused
	case u.Scheme == "http":
		return "http:// is not encrypted: " + refused + "; use https://"
	}
	return ""
}

// isInside tells whether a host is written as an address that is not public, or is
// the machine itself.
func isInside(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && netguard.Guard{}.Check(addr) != nil
}
