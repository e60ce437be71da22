// Package rawsignal reads the stream SIGNALS: what machines sent, as it came. It reads
// only; package signals of the service intake writes.
package rawsignal
