package incident

// Trend says where an incident is going.
type Trend uint8

// The trends.
const (
	TrendUnknown Trend = iota // not stated
	TrendWorse                // it is getting worse
	TrendStable               // it stays as it is
	TrendBetter               // it is getting better
)

func trendNames() []string { return []string{"unknown", "worse", "stable", "better"} }

// String returns the name in lower case, for example "worse".
func (t Trend) String() string { return nameOf(trendNames(), t) }

// Known reports whether the trend is one that can be assessed.
func (t Trend) Known() bool { return t >= TrendWorse && t <= TrendBetter }

// ParseTrend reads worse, stable or better without regard to case. It returns a
// Rejection of kind InvalidArgument.
func ParseTrend(s string) (Trend, error) { return parseName[Trend]("trend", trendNames(), s) }
