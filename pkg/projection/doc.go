// Package projection runs a projection: it reads the log from a checkpoint and
// keeps rows in PostgreSQL up to date with it.
//
// [Runner] elects one process by an advisory lock, takes whatever messages are
// there, lets the [View] fold them and write its rows, and advances the
// checkpoint in the same transaction. The checkpoint names epoch, sequence and
// hash, so a log that was damaged or replaced is noticed; the update of the
// checkpoint demands the old one, so two writers can never mix even if the lock
// fails. A batch that is not committed leaves no trace, and is read again.
//
// A database that is away is waited for. A message that the view cannot take is
// isolated and handed to [View.Quarantine], and the rest goes on.
//
// Any process, elected or not, can wait for a position ([Runner.Wait]), follow
// the view ([Runner.Position]) and ask how far it is behind ([Runner.Status]).
//
// What the rows mean, how messages are spread over goroutines, and rebuilding
// belong to the view.
//
// Its few statements are written by hand, not compiled: they run on whatever schema
// the view has set, together with what the view says.
//
// To read one's own writes: project in the background, write, wait for the
// position that the write returned, then read.
//
//	runner, err := projection.New(config)
//	go runner.Run(ctx)
//	written, err := log.Append(ctx, …)
//	err = runner.Wait(deadline, written)
package projection
