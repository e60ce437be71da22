// Package eventlog is the port to the one truth of Bridgelog: an append-only,
// totally ordered log of commits.
//
// A message of the log is one [Message]: the bytes of one Commit (see package
// chain) on a subject such as "incident.<id>". The log gives three promises
// that everything else is built on:
//
//   - An acknowledged [Log.Append] is durable, and was the next message of its
//     subject: the caller states which message it expects to be the last one
//     ([Append.Expect]) and gets [ErrConflict] when that is not so.
//   - Readers see every message, once, in the order of the log. A missing
//     sequence is either explained by a redaction, in which case the replacement
//     is delivered in the original's place, or it is a [HoleError].
//   - A [Position] names a message by epoch, sequence and hash, so a checkpoint
//     that does not belong to this log is refused ([PositionError]) instead of
//     being resumed from.
//
// Implementations are jetstream (the real one) and memory (for tests); both
// pass the conformance suite of package eventlogtest.
//
// The package does not know what is inside a commit: deciding, folding and
// decoding of events belong to the callers.
package eventlog
