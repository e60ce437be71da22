// Package archive reads and writes exports of the log: JSON Lines that somebody
// can read with their own eyes and verify without the system and without
// trusting whoever made them.
//
// Each line but the last is one event:
//
//	{"kind": "event", "subject", "revision", "type", "event_id", "occurred_time",
//	 "recorded_time", "actor", "hash", "redacted", "commit_start",
//	 "facts": {…}, "content": {…},
//	 "stored": {"envelope", "facts", "content", "salt", "request_salt"}}
//
// Stored holds the bytes of the log in base64: they are what is hashed. The
// readable part is derived from them, and a verification derives it again, so
// that nobody can show one thing and prove another. The last line is
//
//	{"kind": "manifest", "manifest": {"format", "exported_time", "epoch",
//	 "position", "events", "public_key", "heads": [{"subject", "revision",
//	 "hash"}]}, "signature"}
//
// The signature (Ed25519) covers "bridgelog export manifest 1\n" and then the
// bytes of the manifest's object as they stand in the file. So a dropped tail, a
// missing subject and a changed byte are noticed. The key belongs to the machine
// that exported: whoever needs more than consistency compares the public key
// with one that was noted elsewhere.
package archive
