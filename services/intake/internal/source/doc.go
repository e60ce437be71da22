// Package source reads what machines send. Each kind of sender is one file with
// one [Source]; everything after it speaks of [Alert] only.
package source
