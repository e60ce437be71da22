// Package netguard keeps outgoing requests to addresses that others chose out of
// our own networks.
//
// The address is checked when a connection is dialled, after names are resolved,
// so that a name which resolves differently the second time gains nothing. Every
// address is checked at every dial. What is denied is the union of IANA's special
// purpose registries and what cloud providers put metadata behind; operators may
// allow prefixes for receivers of their own. Redirects are never followed and
// proxies of the environment never used, since both would go round the check.
package netguard
