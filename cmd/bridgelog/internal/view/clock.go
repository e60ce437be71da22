package view

import (
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// Clock is how one clock of an incident stands.
type Clock struct {
	Clock   string `json:"clock"`
	Name    string `json:"name"`
	Subject string `json:"subject"`
	// State is running, warning, overdue, met or stopped.
	State     string `json:"state"`
	Reason    string `json:"reason"`
	StartTime Time   `json:"start_time"`
	WarnTime  Time   `json:"warn_time"`
	DueTime   Time   `json:"due_time"`
	DoneTime  Time   `json:"done_time"`
	Late      bool   `json:"late"`
	// TimeLeftSeconds is null for a clock that does not run; negative when it is
	// overdue.
	TimeLeftSeconds *int64 `json:"time_left_seconds"`
	Report          string `json:"report"`
	Source          string `json:"source"`
	Notice          string `json:"notice"`
}

// Clocks are those of one incident at one time.
type Clocks struct {
	Incident Incident `json:"incident"`
	Clocks   []Clock  `json:"clocks"`
	// AskedTime is the time at which they stand so.
	AskedTime Time     `json:"asked_time"`
	Policy    string   `json:"policy"`
	Audience  Audience `json:"audience"`
	Position  string   `json:"position"`
}

// Audience is who hears of an incident, by the playbook.
type Audience struct {
	Called    []string `json:"called"`
	Urgency   string   `json:"urgency"`
	Told      []string `json:"told"`
	Customers bool     `json:"customers"`
}

// Pressing are the clocks of incidents that want attention.
type Pressing struct {
	Incidents []IncidentClocks `json:"incidents"`
	AskedTime Time             `json:"asked_time"`
	Position  string           `json:"position"`
}

// IncidentClocks are the clocks of one incident that want attention.
type IncidentClocks struct {
	Incident string  `json:"incident"`
	Title    string  `json:"title"`
	Severity string  `json:"severity"`
	Status   string  `json:"status"`
	Drill    bool    `json:"drill"`
	Private  bool    `json:"private"`
	Clocks   []Clock `json:"clocks"`
}

// OfClocks converts the clocks of an incident.
func OfClocks(in *timelinev1.GetClocksResponse) Clocks {
	return Clocks{
		Incident: OfIncident(in.GetIncident()), Clocks: clocks(in.GetClocks()), AskedTime: timeOf(in.GetAskedTime()),
		Policy: in.GetPolicy(), Audience: OfAudience(in.GetAudience()), Position: in.GetPosition(),
	}
}

// OfAudience converts who hears of an incident.
func OfAudience(in *timelinev1.Audience) Audience {
	return Audience{
		Called: list(in.GetCalled()), Urgency: in.GetUrgency(), Told: list(in.GetTold()), Customers: in.GetCustomers(),
	}
}

// OfIncidentClocks converts the clocks of one incident that want attention.
func OfIncidentClocks(in *timelinev1.IncidentClocks) IncidentClocks {
	i := in.GetIncident()
	return IncidentClocks{
		Incident: Name(i.GetNumber()), Title: i.GetTitle(), Severity: Severity(i.GetSeverity()), Status: Status(i.GetStatus()),
		Drill: i.GetDrill(), Private: i.GetPrivate(), Clocks: clocks(in.GetClocks()),
	}
}

func clocks(in []*timelinev1.Clock) []Clock {
	out := make([]Clock, 0, len(in))
	for _, c := range in {
		one := Clock{
			Clock: c.GetClock(), Name: c.GetName(), Subject: c.GetSubject(), State: Word(c.GetState()), Reason: c.GetReason(),
			StartTime: timeOf(c.GetStartTime()), WarnTime: timeOf(c.GetWarnTime()), DueTime: timeOf(c.GetDueTime()),
			DoneTime: timeOf(c.GetDoneTime()), Late: c.GetLate(), Report: c.GetReport(), Source: c.GetSource(), Notice: c.GetNotice(),
		}
		if c.GetTimeLeft() != nil {
			left := int64(c.GetTimeLeft().AsDuration().Seconds())
			one.TimeLeftSeconds = &left
		}
		out = append(out, one)
	}
	return out
}
