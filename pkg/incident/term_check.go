package incident

// MetricKind is what a metric tells about a service.
type MetricKind uint8

// The kinds.
const (
	MetricUnknown  MetricKind = iota // not stated
	MetricResource                   // something that can run out: memory, connections, disk
	MetricTraffic                    // what is asked of it and how it answers: requests, errors, latency
)

func metricNames() []string { return []string{"unknown", "resource", "traffic"} }

// String returns the name in lower case, for example "resource".
func (k MetricKind) String() string { return nameOf(metricNames(), k) }

// Known reports whether the kind is one that can be checked.
func (k MetricKind) Known() bool { return k == MetricResource || k == MetricTraffic }

// ParseMetricKind reads resource or traffic without regard to case. It returns a
// Rejection of kind InvalidArgument.
func ParseMetricKind(s string) (MetricKind, error) {
	return parseName[MetricKind]("metric_kind", metricNames(), s)
}

// CheckVerdict is what a check says.
type CheckVerdict uint8

// The verdicts.
const (
	CheckUnstated CheckVerdict = iota // not stated
	CheckNormal                       // it is as it usually is
	CheckUnusual                      // it is not
	CheckUnknown                      // nothing can be said; the reason says why
)

func checkVerdictNames() []string { return []string{"unstated", "normal", "unusual", "unknown"} }

// String returns the name in lower case, for example "unusual".
func (v CheckVerdict) String() string { return nameOf(checkVerdictNames(), v) }

// Known reports whether it is a verdict.
func (v CheckVerdict) Known() bool { return v >= CheckNormal && v <= CheckUnknown }

// ParseCheckVerdict reads normal, unusual or unknown without regard to case. It returns
// a Rejection of kind InvalidArgument.
func ParseCheckVerdict(s string) (CheckVerdict, error) {
	return parseName[CheckVerdict]("check_verdict", checkVerdictNames(), s)
}
