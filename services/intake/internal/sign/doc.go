// Package sign tells whether a request was signed by the sender that it is said to come
// from. It is pure: secrets, the clock and the request arrive as arguments. Signatures
// are of the body as it was sent, so they are checked before anybody reads it.
package sign
