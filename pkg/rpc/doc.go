// Package rpc is the door of every service: a gRPC server with the same guard,
// limits, validation and errors everywhere, the same calls as JSON over HTTP, and
// the client's side of both.
//
// Handlers return plain errors of the domain, the log or the catalog; [Status] is
// the only place where they become status codes. Every status carries an
// ErrorInfo with a stable reason and the domain "bridgelog", and a message that
// says what to do; text of drivers and servers behind us never leaves.
//
// The package knows no service: whoever builds the process registers them.
package rpc
