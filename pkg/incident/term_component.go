package incident

// ComponentStatus is the state of one component, in the words that status pages
// use. A greater value is worse.
type ComponentStatus uint8

// The component statuses, best first.
const (
	ComponentUnknown    ComponentStatus = iota // not stated
	Operational                                // works
	UnderMaintenance                           // planned work is under way
	DegradedPerformance                        // works slowly or with errors
	PartialOutage                              // does not work for some
	MajorOutage                                // does not work
)

func componentStatusNames() []string {
	return []string{
		"unknown", "operational", "under_maintenance", "degraded_performance", "partial_outage", "major_outage",
	}
}

// String returns the name in lower case with '_', for example "partial_outage".
func (c ComponentStatus) String() string { return nameOf(componentStatusNames(), c) }

// Known reports whether the status is one that a component can have.
func (c ComponentStatus) Known() bool { return c >= Operational && c <= MajorOutage }

// ParseComponentStatus reads the name of a component status without regard to
// case or to '-', '_' and ' '; degraded, maintenance, partial and major are
// accepted. It returns a Rejection of kind InvalidArgument.
func ParseComponentStatus(s string) (ComponentStatus, error) {
	switch foldName(s) {
	case "degraded":
		return DegradedPerformance, nil
	case "maintenance":
		return UnderMaintenance, nil
	case "partial":
		return PartialOutage, nil
	case "major":
		return MajorOutage, nil
	}
	return parseName[ComponentStatus]("component_status", componentStatusNames(), s)
}

// ComponentImpact is the state of one component during an incident.
type ComponentImpact struct {
	Component string          // catalog name, or the original id in imported histories
	Status    ComponentStatus // from now on
}
