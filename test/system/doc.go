// Package system runs the real binary for tests: it builds it once, starts
// `bridgelog up` in a directory of the test's own, runs client commands against
// it, and ends it cleanly or by SIGKILL.
package system
