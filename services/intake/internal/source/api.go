package source

import (
	"fmt"
	"maps"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/change"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// API reads what machines say over gRPC (signal.v1.SignalService), which is stored as
// JSON: a signalv1.Sent. Fields that a newer version knows are passed over.
type API struct{}

// maxSent bounds the alerts, and the changes, of one request.
const maxSent = 1000

// Name implements [Source].
func (API) Name() string { return "api" }

// Parse implements [Source]. What has the same fingerprint, of the same sender, is one
// alert while it is firing, and alerts with the same labels belong together; reports with the same key, of the same sender, are of one
// change.
func (API) Parse(s Signal) (Batch, error) {
	var sent signalv1.Sent
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(s.Body, &sent); err != nil {
		return Batch{}, malformed("the body is no signal.v1.Sent as JSON: an object with alerts, changes or both is expected")
	}
	if err := checkSent(&sent); err != nil {
		return Batch{}, err
	}
	batch := nothing()
	for _, a := range sent.GetAlerts() {
		batch.alike(sentAlert(s, a))
	}
	for _, c := range sent.GetChanges() {
		batch.Changes = append(batch.Changes, changed(sentChange(s, c)).Changes...)
	}
	return batch, nil
}

// checkSent wants everything to have a key and a state, and one report of each change.
func checkSent(sent *signalv1.Sent) error {
	if n := len(sent.GetAlerts()) + len(sent.GetChanges()); n == 0 || n > maxSent {
		return malformed("%d alerts and changes: send 1 to %d at once", n, maxSent)
	}
	for i, a := range sent.GetAlerts() {
		where := fmt.Sprintf("alerts[%d]", i)
		state := a.GetState()
		switch {
		case a.GetFingerprint() == "":
			return malformed("%s.fingerprint is missing: say which alert it is", where)
		case state != signalv1.SentAlertState_SENT_ALERT_STATE_FIRING && state != signalv1.SentAlertState_SENT_ALERT_STATE_RESOLVED:
			return malformed("%s.state is not SENT_ALERT_STATE_FIRING or SENT_ALERT_STATE_RESOLVED", where)
		}
	}
	keys := map[string]bool{}
	for i, c := range sent.GetChanges() {
		where := fmt.Sprintf("changes[%d]", i)
		_, known := signalv1.ChangeOutcome_name[int32(c.GetOutcome())]
		switch {
		case c.GetKey() == "":
			return malformed("%s.key is missing: say which change it is", where)
		case keys[c.GetKey()]:
			return malformed("%s.key is there twice: send the later report in a request of its own", where)
		case !known || c.GetOutcome() == signalv1.ChangeOutcome_CHANGE_OUTCOME_UNSPECIFIED:
			return malformed("%s.outcome is missing: say how far the change has come, for example CHANGE_OUTCOME_SUCCEEDED", where)
		}
		keys[c.GetKey()] = true
	}
	return nil
}

func sentAlert(s Signal, a *signalv1.SentAlert) Alert {
	annotations := map[string]string{"description": a.GetDescription(), "runbook_url": a.GetRunbookUrl()}
	maps.Copy(annotations, a.GetAnnotations())
	return Alert{
		Fingerprint: scoped(s.Sender, a.GetFingerprint()), Firing: a.GetState() == signalv1.SentAlertState_SENT_ALERT_STATE_FIRING,
		StartsAt: within(sentTime(a.GetStartedTime()), s.ReceivedAt), EndsAt: within(sentTime(a.GetEndedTime()), s.ReceivedAt),
		Title: oneLine(a.GetTitle()), Description: clip(text(a.GetDescription()), maxValue),
		URL: link(a.GetUrl()), RunbookURL: link(a.GetRunbookUrl()), Labels: a.GetLabels(), Annotations: annotations,
	}
}

// sentChange is a report of a change. One that says no time is of its arrival, unless it
// says nothing new.
func sentChange(s Signal, c *signalv1.SentChange) change.Report {
	kind := change.Kind(c.GetKind())
	if _, known := signalv1.ChangeKind_name[int32(c.GetKind())]; !known || kind == change.KindUnknown {
		kind = change.Other
	}
	return change.Report{
		Key: scoped(s.Sender, c.GetKey()), Kind: kind, Outcome: change.Outcome(c.GetOutcome()), Title: c.GetTitle(),
		Service: c.GetService(), Environment: c.GetEnvironment(), Version: c.GetVersion(),
		StartedAt: believed(sentTime(c.GetStartedTime()), s.ReceivedAt), EndedAt: believed(sentTime(c.GetEndedTime()), s.ReceivedAt),
		AuthorName: c.GetAuthorName(), Link: c.GetLink(), Description: c.GetDescription(), Labels: c.GetLabels(),
	}
}

// sentTime is a time as it was sent; zero when there is none.
func sentTime(t *timestamppb.Timestamp) time.Time {
	if t == nil || t.CheckValid() != nil {
		return time.Time{}
	}
	return t.AsTime()
}
