// Package catalog is configuration as data in the log: typed resources that are
// validated, staged and made visible together.
//
// [Fold] reads the messages of catalog.<kind>.<id>. A change is only staged there;
// it becomes visible by the ApplyCommitted of its apply on catalog.apply.head,
// whose place in the log makes two applies that began from the same state
// conflict. Changes whose commit never came are never visible and do no harm.
//
// [State] is an immutable snapshot with indexes. [Plan] compares it with what
// somebody wants and says what has to be staged, or everything that is wrong.
// [Parse] and [Format] are the YAML that people write. A [Follower] keeps a State
// up to date and knows how old it is, so that those who authenticate with it can
// fail closed.
//
// A kind is one message in catalog/v1/kinds.proto and one file kind_<name>.go.
// Secrets are references, never values; the one exception is the hash of a token.
package catalog
