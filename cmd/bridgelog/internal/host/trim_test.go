package host

import "testing"

func TestMemoryIsGivenBackWhenWorkIsOver(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	var tr trimmer
	for i, step := range []struct {
		allocated uint64
		trims     bool
		why       string
	}{
		{200 * mb, false, "it is busy"},
		{400 * mb, false, "it is busy"},
		{401 * mb, true, "the work is over"},
		{402 * mb, true, "more is let go of with the second collection"},
		{402 * mb, true, "and with the third"},
		{402 * mb, true, "and with the fourth"},
		{403 * mb, false, "nothing was done since"},
		{410 * mb, false, "little was done since"},
		{425 * mb, false, "little was done since"},
		{440 * mb, false, "little was done since"},
		{455 * mb, false, "little was done since"},
		{470 * mb, true, "a lot was done, slowly"},
	} {
		if got := tr.look(step.allocated); got != step.trims {
			t.Errorf("look %d: %v, want %v: %s", i, got, step.trims, step.why)
		}
	}
}
