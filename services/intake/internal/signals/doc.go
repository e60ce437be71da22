// Package signals keeps raw requests from machines until they are understood,
// and as evidence afterwards. [Store] is the port; jetstream is the stream
// SIGNALS, memory is for tests, and both pass package signalstest.
package signals
