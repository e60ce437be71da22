package bench

import (
	"slices"
	"time"
)

// Report is the outcome of one benchmark.
type Report struct {
	// Bench is its name, for example "append".
	Bench string `json:"bench"`
	// Params are what it was run with.
	Params map[string]any `json:"params"`
	// Ours is what the system reached.
	Ours Figures `json:"ours"`
	// Limit is what the machine reached without it.
	Limit Figures `json:"limit"`
	// Ratio is ours divided by the limit: of the rates, or of the limit's median
	// time to ours where only times were measured. 1 is the limit itself.
	Ratio float64 `json:"ratio"`
	// LimitIs says in words what the limit was.
	LimitIs string `json:"limit_is"`
	// Notes are further figures by name, for example "ready_seconds".
	Notes map[string]float64 `json:"notes,omitempty"`
}

// Figures are a rate and the times of single operations in milliseconds.
type Figures struct {
	// PerSecond is the rate; 0 where only times were measured.
	PerSecond float64 `json:"per_second"`
	// P50, P90 and P99 are quantiles in milliseconds; 0 where only the rate was
	// measured.
	P50 float64 `json:"p50_ms"`
	P90 float64 `json:"p90_ms"`
	P99 float64 `json:"p99_ms"`
}

// figuresOf summarises operations that took the given times within elapsed. It
// sorts the times.
func figuresOf(times []time.Duration, elapsed time.Duration) Figures {
	f := Figures{}
	if elapsed > 0 {
		f.PerSecond = float64(len(times)) / elapsed.Seconds()
	}
	if len(times) == 0 {
		return f
	}
	slices.Sort(times)
	f.P50, f.P90, f.P99 = quantile(times, 0.50), quantile(times, 0.90), quantile(times, 0.99)
	return f
}

// quantile is that of sorted times, in milliseconds.
func quantile(sorted []time.Duration, q float64) float64 {
	i := min(int(q*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i]) / float64(time.Millisecond)
}

// rateOnly are the figures of n things done in elapsed.
func rateOnly(n int, elapsed time.Duration) Figures {
	return Figures{PerSecond: float64(n) / elapsed.Seconds()}
}

// byRate and byTime set the ratio.
func (r *Report) byRate() { r.Ratio = divide(r.Ours.PerSecond, r.Limit.PerSecond) }
func (r *Report) byTime() { r.Ratio = divide(r.Limit.P50, r.Ours.P50) }

func divide(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
