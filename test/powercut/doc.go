// Package powercut is a disk for tests whose power can be cut: a directory, mounted
// through FUSE, that forgets what was written to a file since its last fsync. A
// process that is killed loses nothing, because the kernel keeps what it wrote; a
// machine without power keeps only what was synced.
//
// What it does not forget: names. Files that were created, renamed or removed stay
// so, as on a file system whose journal was written in time.
package powercut
