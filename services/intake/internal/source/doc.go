// Package source reads what machines send. Each kind of sender is one file with
// one [Source] and a line in [All]; package sourcetest checks it, and everything
// after it speaks of [Alert] only.
package source
