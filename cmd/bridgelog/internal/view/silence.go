package view

import (
	"cmp"
	"strings"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Silence is a silence or a planned maintenance.
type Silence struct {
	Kind        string   `json:"kind"` // silence or maintenance
	Name        string   `json:"name"`
	ID          string   `json:"id"`
	State       string   `json:"state"` // pending, active or ended
	Match       []string `json:"match"`
	Source      string   `json:"source"`
	Fingerprint string   `json:"fingerprint"`
	Services    []string `json:"services"`
	BeginTime   Time     `json:"begin_time"`
	EndTime     Time     `json:"end_time"`
	Reason      string   `json:"reason"`
	CreatedBy   string   `json:"created_by"` // a name, or an id without one; empty: a file
	ManagedBy   string   `json:"managed_by"`
	Etag        string   `json:"etag"` // for silence end
}

// Silences is what `silence list` and `maintenance list` answer.
type Silences struct {
	Silences []Silence `json:"silences"`
}

// OfSilence converts a silence or a maintenance.
func OfSilence(in *signalv1.Silence) Silence {
	return Silence{
		Kind: in.GetKind(), Name: in.GetName(), ID: in.GetId(),
		State: strings.ToLower(strings.TrimPrefix(in.GetState().String(), "SILENCE_STATE_")),
		Match: list(in.GetMatch()), Source: in.GetSource(), Fingerprint: in.GetFingerprint(), Services: list(in.GetServices()),
		BeginTime: timeOf(in.GetBeginTime()), EndTime: timeOf(in.GetEndTime()), Reason: in.GetReason(),
		CreatedBy: cmp.Or(in.GetCreatedByName(), in.GetCreatedBy()), ManagedBy: in.GetManagedBy(), Etag: in.GetEtag(),
	}
}

// Concerns says which alerts are concerned, in the words of the flags.
func (s Silence) Concerns() string {
	parts := append([]string{}, s.Match...)
	if len(s.Services) > 0 {
		parts = append(parts, "service "+strings.Join(s.Services, ", "))
	}
	if s.Source != "" {
		parts = append(parts, strings.TrimSpace("from "+s.Source+" "+s.Fingerprint))
	}
	return strings.Join(parts, " ")
}

// AlertSuppression is a time in which an alert called nobody.
type AlertSuppression struct {
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	ID        string `json:"id"`
	SinceTime Time   `json:"since_time"`
	UntilTime Time   `json:"until_time"`
	EndedTime Time   `json:"ended_time"`
}

// AlertFlapping says how a condition comes and goes.
type AlertFlapping struct {
	Episodes      int     `json:"episodes"`
	SinceTime     Time    `json:"since_time"`
	WindowSeconds float64 `json:"window_seconds"`
	CalmedTime    Time    `json:"calmed_time"`
}

// suppressions are in order; the last one without an end lasts.
func suppressions(in []*signalv1.AlertSuppression) []AlertSuppression {
	out := []AlertSuppression{}
	for _, s := range in {
		out = append(out, AlertSuppression{
			Kind: s.GetKind(), Name: s.GetName(), ID: s.GetId(), SinceTime: timeOf(s.GetSinceTime()), UntilTime: timeOf(s.GetUntilTime()),
			EndedTime: timeOf(s.GetEndedTime()),
		})
	}
	return out
}

func flapping(in *signalv1.AlertFlapping) *AlertFlapping {
	if in == nil {
		return nil
	}
	return &AlertFlapping{
		Episodes: int(in.GetEpisodes()), SinceTime: timeOf(in.GetSinceTime()), WindowSeconds: in.GetWindow().AsDuration().Seconds(),
		CalmedTime: timeOf(in.GetCalmedTime()),
	}
}
