// Package servicegraph finds what services need and what needs them, and on which way. It
// is pure: the services come from whoever asks.
package servicegraph
