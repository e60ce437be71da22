// Package wait lets a goroutine pause, or wait for another one to come so far, without
// outliving its owner.
package wait
