// Package event is what receivers get: one event of an incident as a CloudEvent.
//
// The body is structured JSON (CloudEvents 1.0). It is built once and sent byte
// for byte at each attempt. What a redaction took away is not in it.
package event
