package view

import (
	notifyv1 "github.com/bridgelog/bridgelog/proto/gen/notify/v1"
)

// Webhook is a receiver and how it does.
type Webhook struct {
	Name            string   `json:"name"`
	ID              string   `json:"id"`
	URL             string   `json:"url"`
	State           string   `json:"state"`
	ReasonCode      string   `json:"reason_code"`
	Reason          string   `json:"reason"`
	FailingSince    Time     `json:"failing_since"`
	LastSuccessTime Time     `json:"last_success_time"`
	LastFailureTime Time     `json:"last_failure_time"`
	LastProblem     string   `json:"last_problem"`
	ThrottledUntil  Time     `json:"throttled_until"`
	DisabledTime    Time     `json:"disabled_time"`
	Pending         int64    `json:"pending"`
	Held            int64    `json:"held"`
	Dead            int64    `json:"dead"`
	EventTypes      []string `json:"event_types"`
	Severities      []string `json:"severities"`
	Services        []string `json:"services"`
}

// OfWebhook converts a webhook.
func OfWebhook(in *notifyv1.Webhook) Webhook {
	return Webhook{
		Name: in.GetName(), ID: in.GetId(), URL: in.GetUrl(), State: Word(in.GetState()), ReasonCode: in.GetReasonCode(), Reason: in.GetReason(),
		FailingSince: timeOf(in.GetFailingSince()), LastSuccessTime: timeOf(in.GetLastSuccessTime()), LastFailureTime: timeOf(in.GetLastFailureTime()),
		LastProblem: in.GetLastProblem(), ThrottledUntil: timeOf(in.GetThrottledUntil()), DisabledTime: timeOf(in.GetDisabledTime()),
		Pending: in.GetPending(), Held: in.GetHeld(), Dead: in.GetDead(), EventTypes: stringList(in.GetEventTypes()),
		Severities: stringList(in.GetSeverities()), Services: stringList(in.GetServices()),
	}
}

// stringList is never nil, so that scripts find a list.
func stringList(in []string) []string { return append([]string{}, in...) }

// Delivery is one event for one receiver.
type Delivery struct {
	ID              int64  `json:"id"`
	MessageID       string `json:"message_id"`
	Webhook         string `json:"webhook"`
	Kind            string `json:"kind"`
	EventType       string `json:"event_type"`
	EventID         string `json:"event_id"`
	Incident        string `json:"incident"`
	IncidentID      string `json:"incident_id"`
	Title           string `json:"title"`
	Entry           uint64 `json:"entry"`
	State           string `json:"state"`
	ReasonCode      string `json:"reason_code"`
	Reason          string `json:"reason"`
	Attempts        int32  `json:"attempts"`
	NextAttemptTime Time   `json:"next_attempt_time"`
	CreateTime      Time   `json:"create_time"`
	FinishTime      Time   `json:"finish_time"`
}

// Deliveries is what `deliveries list` answers.
type Deliveries struct {
	Deliveries    []Delivery `json:"deliveries"`
	NextPageToken string     `json:"next_page_token"`
}

// OfDelivery converts a delivery.
func OfDelivery(in *notifyv1.Delivery) Delivery {
	return Delivery{
		ID: in.GetId(), MessageID: in.GetMessageId(), Webhook: in.GetWebhook(), Kind: in.GetKind(), EventType: in.GetEventType(),
		EventID: in.GetEventId(), Incident: in.GetIncident(), IncidentID: in.GetIncidentId(), Title: in.GetTitle(), Entry: in.GetRevision(),
		State: Word(in.GetState()), ReasonCode: in.GetReasonCode(), Reason: in.GetReason(), Attempts: in.GetAttempts(),
		NextAttemptTime: timeOf(in.GetNextAttemptTime()), CreateTime: timeOf(in.GetCreateTime()), FinishTime: timeOf(in.GetFinishTime()),
	}
}

// DeliveryDetail is what `deliveries show` and `webhook test` answer.
type DeliveryDetail struct {
	Delivery Delivery  `json:"delivery"`
	Body     string    `json:"body"`
	Attempts []Attempt `json:"attempts"`
}

// Attempt is one attempt to deliver.
type Attempt struct {
	Number          int32             `json:"number"`
	StartTime       Time              `json:"start_time"`
	TookMS          int64             `json:"took_ms"`
	Outcome         string            `json:"outcome"`
	Status          int32             `json:"status"`
	Problem         string            `json:"problem"`
	RequestHeaders  map[string]string `json:"request_headers"`
	ResponseHeaders map[string]string `json:"response_headers"`
	ResponseBody    string            `json:"response_body"`
}

// OfAttempt converts an attempt.
func OfAttempt(in *notifyv1.Attempt) Attempt {
	return Attempt{
		Number: in.GetNumber(), StartTime: timeOf(in.GetStartTime()), TookMS: in.GetTook().AsDuration().Milliseconds(), Outcome: in.GetOutcome(),
		Status: in.GetStatus(), Problem: in.GetProblem(), RequestHeaders: pairs(in.GetRequestHeaders()),
		ResponseHeaders: pairs(in.GetResponseHeaders()), ResponseBody: string(in.GetResponseBody()),
	}
}

// Explanation says whether one webhook was told of one event.
type Explanation struct {
	Entry        uint64    `json:"entry"`
	EventType    string    `json:"event_type"`
	RecordedTime Time      `json:"recorded_time"`
	Webhook      string    `json:"webhook"`
	Told         bool      `json:"told"`
	Delivery     *Delivery `json:"delivery"`
	Reason       string    `json:"reason"`
}

// Explanations is what `notify explain` answers.
type Explanations struct {
	Incident     string        `json:"incident"`
	ThroughEntry uint64        `json:"through_entry"`
	Explanations []Explanation `json:"explanations"`
}

// OfExplanation converts an explanation. Told means that the receiver has it.
func OfExplanation(in *notifyv1.ExplainIncidentResponse) Explanations {
	out := Explanations{Incident: in.GetIncident(), ThroughEntry: in.GetThroughRevision(), Explanations: []Explanation{}}
	for _, x := range in.GetExplanations() {
		one := Explanation{
			Entry: x.GetRevision(), EventType: x.GetEventType(), RecordedTime: timeOf(x.GetRecordedTime()), Webhook: x.GetWebhook(), Reason: x.GetReason(),
			Told: x.GetDelivery().GetState() == notifyv1.DeliveryState_DELIVERY_STATE_DELIVERED,
		}
		if x.GetDelivery() != nil {
			d := OfDelivery(x.GetDelivery())
			one.Delivery = &d
		}
		out.Explanations = append(out.Explanations, one)
	}
	return out
}

// NotifierStatus is what `notify status` answers.
type NotifierStatus struct {
	ActedThrough         string  `json:"acted_through"`
	Behind               uint64  `json:"behind"`
	Problem              string  `json:"problem"`
	Pending              int64   `json:"pending"`
	Held                 int64   `json:"held"`
	OldestPendingSeconds float64 `json:"oldest_pending_seconds"`
	UncertainSince       Time    `json:"uncertain_since"`
}

// OfNotifierStatus converts a status.
func OfNotifierStatus(in *notifyv1.GetNotifierStatusResponse) NotifierStatus {
	return NotifierStatus{
		ActedThrough: in.GetActedThrough(), Behind: in.GetBehind(), Problem: in.GetProblem(), Pending: in.GetPending(), Held: in.GetHeld(),
		OldestPendingSeconds: in.GetOldestPending().AsDuration().Seconds(), UncertainSince: timeOf(in.GetUncertainSince()),
	}
}
