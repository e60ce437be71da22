// Package prometheus asks a Prometheus, or what speaks its HTTP API, for the values of a
// query over a range of time. What comes back is bounded in time, bytes and points, and
// errors say what is wrong in our words.
package prometheus
