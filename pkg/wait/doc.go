// Package wait lets a goroutine pause without outliving its owner.
package wait
