package netguard

import "net/netip"

// denied4 are the IPv4 ranges that are not public (IANA IPv4 Special-Purpose
// Address Registry, multicast and reserved).
func denied4() []netip.Prefix {
	return prefixes(
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
		"198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	)
}

// public6 is the only IPv6 range that is public at all.
func public6() netip.Prefix { return netip.MustParsePrefix("2000::/3") }

// denied6 are the parts of it that are not: protocol assignments, documentation,
// tunnels that carry an IPv4 address (6to4) and AS112.
func denied6() []netip.Prefix {
	return prefixes("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
}

// Loopback is what an operator allows who runs receivers on the same machine.
func Loopback() []netip.Prefix { return prefixes("127.0.0.0/8", "::1/128") }

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		out[i] = netip.MustParsePrefix(text)
	}
	return out
}
