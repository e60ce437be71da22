// Package chain seals events into commits and proves that they were not changed.
//
// A Commit (proto log.v1) is one accepted decision: one or more records, each
// the next revision of one subject. A record keeps four opaque byte strings that
// are never decoded and encoded again:
//
//	envelope  which event this is: id, subject, revision, type, times, actor
//	facts     enums, ids, times and numbers
//	content   what people wrote or a machine sent
//	salt      16 random bytes
//
// The envelope commits to the rest and to the event before it:
//
//	facts_hash         = SHA-256(facts)
//	content_commitment = SHA-256(0x00 || salt || content)
//	request_digest     = SHA-256(0x02 || request_salt || request), first record only
//	prev_hash          = hash of the previous revision, empty for revision 1
//	hash               = SHA-256(0x01 || envelope)
//
// So a redaction can take away content and salt and the chain still verifies,
// while nobody can guess the text from what is left. Whoever knows the hash of
// an aggregate's last revision can detect any change of any earlier one; without
// a hash kept elsewhere, somebody who may write to the store could rewrite a
// whole chain.
//
// The package is pure: time and randomness come from the caller. It does not
// know the event types; facts and content are bytes to it. Test vectors for
// other implementations are in testdata/vectors.json.
package chain
