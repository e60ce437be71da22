// Package failpoint names the instants at which a process may die, so that tests
// can make it die there.
//
// A point is declared once, as a package variable, and hit where the instant is:
//
//	var beforeAppend = failpoint.New("command.before_append")
//
//	if err := beforeAppend.Hit(ctx); err != nil { return err }
//
// Points are compiled into every build; one that is not armed costs one atomic
// load. They are armed by [Arm] inside a test, or by the environment variable
// BRIDGELOG_FAILPOINTS of a child process after it called [ArmFromEnv]:
//
//	BRIDGELOG_FAILPOINTS="command.before_append=kill;timeline.after_tx=error"
//
// In the same way BRIDGELOG_FAILPOINT_CLOCK lets the clock of a child process jump,
// see [ClockFromEnv].
//
// [Names] lists all points of the program, so that a test can prove that each
// was hit. The registry is the one global of the house: its purpose is to be
// complete, which nothing that is passed around can be.
package failpoint
