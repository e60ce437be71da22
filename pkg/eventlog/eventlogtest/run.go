package eventlogtest

import (
	"testing"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
)

// Harness makes logs of one implementation.
type Harness struct {
	// New returns an empty log. The suite uses one for each case.
	New func(t *testing.T) eventlog.Log
	// NewLimited returns an empty log that refuses more than about maxBytes.
	NewLimited func(t *testing.T, maxBytes uint64) eventlog.Log
	// Lose removes one message without a trace. Nil skips the cases that need it.
	Lose func(t *testing.T, log eventlog.Log, sequence uint64)
}

// Run runs every case.
func Run(t *testing.T, h Harness) {
	cases := []struct {
		name string
		run  func(*testing.T, Harness)
	}{
		{"EmptyLog", testEmptyLog},
		{"AppendExpectsTheLastSequence", testExpectation},
		{"RepeatedAppendFindsItself", testRepeatedAppend},
		{"InvalidAppendsAreRefused", testInvalid},
		{"ByteLimitOfOneCommit", testCommitLimit},
		{"FullLogRefuses", testFull},
		{"ConcurrentWritersOfOneSubject", testContention},
		{"BatchIsAllOrNothing", testBatch},
		{"RepeatedBatchFindsItself", testRepeatedBatch},
		{"LargestBatch", testLargestBatch},
		{"LastWithWildcards", testLast},
		{"LoadIsCompleteAndOrdered", testLoad},
		{"ReadToATarget", testRead},
		{"TailFollows", testTail},
		{"TailSubjectsFollowsAFilter", testTailSubjects},
		{"ResumeByVerifiedPosition", testResume},
		{"ForeignPositionsAreRefused", testForeignPosition},
		{"CallerErrorEndsATail", testCallerError},
		{"HeaderTravels", testHeader},
		{"HoleIsReported", testHole},
		{"Redaction", testRedaction},
		{"RedactionOfAReplacement", testRedactionTwice},
		{"RedactionInterrupted", testRedactionInterrupted},
		{"RedactionRefused", testRedactionRefused},
		{"EraseNeedsAReplacement", testErase},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t, h) })
	}
}
