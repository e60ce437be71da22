package statuspage

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// severityOf maps Statuspage's impact.
func severityOf(impact string) incidentv1.Severity {
	switch impact {
	case "critical":
		return incidentv1.Severity_SEVERITY_SEV1
	case "major":
		return incidentv1.Severity_SEVERITY_SEV2
	case "minor":
		return incidentv1.Severity_SEVERITY_SEV3
	}
	return incidentv1.Severity_SEVERITY_UNSPECIFIED
}

// impactOf keeps the impact words that the system knows.
func impactOf(word string) string {
	switch word {
	case "none", "minor", "major", "critical", "maintenance":
		return word
	}
	return ""
}

// statusOf maps a status word to the nearest of ours, and returns the word
// itself where it has no equal. An unknown word keeps the status before it.
func statusOf(word string) (incidentv1.Status, string) {
	folded := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(word)), " ", "_")
	switch folded {
	case "investigating":
		return incidentv1.Status_STATUS_INVESTIGATING, ""
	case "identified":
		return incidentv1.Status_STATUS_IDENTIFIED, ""
	case "monitoring":
		return incidentv1.Status_STATUS_MONITORING, ""
	case "resolved":
		return incidentv1.Status_STATUS_RESOLVED, ""
	case "scheduled":
		return incidentv1.Status_STATUS_INVESTIGATING, folded
	case "in_progress":
		return incidentv1.Status_STATUS_IDENTIFIED, folded
	case "verifying":
		return incidentv1.Status_STATUS_MONITORING, folded
	case "completed", "postmortem":
		return incidentv1.Status_STATUS_RESOLVED, folded
	}
	if len(folded) > 64 {
		folded = folded[:64]
	}
	return incidentv1.Status_STATUS_UNSPECIFIED, strings.ToValidUTF8(incident.Sanitize(folded), "")
}

// affected maps the components of an update, each once, in their last state.
func affected(in []wireAffected) []*incidentv1.ComponentImpact {
	var out []*incidentv1.ComponentImpact
	at := map[string]int{}
	for _, a := range in {
		status, err := incident.ParseComponentStatus(a.NewStatus)
		if err != nil || a.Code == "" {
			continue
		}
		impact := &incidentv1.ComponentImpact{Component: a.Code, Status: incidentv1.ComponentStatus(status)}
		if i, known := at[a.Code]; known {
			out[i] = impact
			continue
		}
		at[a.Code] = len(out)
		out = append(out, impact)
	}
	return out
}

// contentID names an update that has no id of its own by what it says.
func contentID(at time.Time, status, text string) string {
	sum := sha256.Sum256([]byte(at.UTC().Format(time.RFC3339Nano) + "\x00" + status + "\x00" + text))
	return hex.EncodeToString(sum[:6])
}

// webAddress keeps a link that is one.
func webAddress(s string) string {
	if strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") {
		return s
	}
	return ""
}
