// Package natsserver runs a NATS server with JetStream inside this process, with
// the durability that the log demands: file storage, one fsync per write, and
// permissions so that each service can do only what it must.
//
// It is what `bridgelog up` uses. A replicated deployment runs real servers with
// the configuration under deploy/nats instead. The package creates no streams;
// that is the bootstrap of package jetstream.
package natsserver
