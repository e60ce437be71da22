//go:build race

package system

// raceEnabled builds the binary with the race detector too.
const raceEnabled = true
