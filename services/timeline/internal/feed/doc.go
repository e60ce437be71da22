// Package feed is what watches follow: each event of each incident, with the
// incident after it, in the order of the log.
//
// One goroutine of a process tails the log and keeps the newest events in memory
// ([Feed]). A [Cursor] goes through them at its own pace; one that is behind what
// is kept reads the log itself until it has caught up. So no watcher loses
// anything, and none holds up the others.
package feed
