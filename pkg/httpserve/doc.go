// Package httpserve serves HTTP until its owner says stop, and then lets the
// requests in hand finish. It sets no limits and no routes: those are the
// server's.
package httpserve
