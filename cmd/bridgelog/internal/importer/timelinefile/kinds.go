package timelinefile

import (
	"regexp"
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// add adds one line to the history.
func add(h *importer.History, l line) {
	switch l.Kind {
	case "acknowledged":
		h.Acknowledge(l.at)
		h.Note(l.at, l.Text, "acknowledged", l.Actor)
	case "mitigated":
		h.Mitigate(l.at, attributed(l))
	case "resolved":
		h.Status(l.at, incidentv1.Status_STATUS_RESOLVED, attributed(l))
	case "investigating", "identified", "monitoring":
		status, err := incident.ParseStatus(l.Kind)
		if err == nil {
			h.Status(l.at, incidentv1.Status(status), "")
		}
		h.Note(l.at, l.Text, l.Kind, l.Actor)
	case "severity":
		severity, found := severityIn(l.Text)
		if !found {
			h.Note(l.at, l.Text, "severity", l.Actor)
			return
		}
		h.Severity(l.at, severity, importer.Clip(attributed(l), 500))
	case "hypothesis":
		h.Hypothesis(l.at, importer.Attributed(l.Actor, textOf(l)))
	case "test":
		h.Test(l.at, textOf(l), l.Actor)
	case "confirmed":
		h.Confirm(l.at, importer.Attributed(l.Actor, textOf(l)))
	case "eliminated":
		h.Eliminate(l.at, importer.Attributed(l.Actor, textOf(l)))
	case "rollback":
		h.Rollback(l.at, importer.Attributed(l.Actor, textOf(l)))
	case "update":
		h.Update(l.at, textOf(l), l.Actor)
	default:
		h.Note(l.at, textOf(l), label(l.Kind), l.Actor)
	}
}

// attributed is the text of an act that has no author.
func attributed(l line) string { return importer.Attributed(l.Actor, l.Text) }

// textOf is the text, or the kind where there is none.
func textOf(l line) string {
	if strings.TrimSpace(l.Text) == "" {
		return l.Kind
	}
	return l.Text
}

// severityIn finds a severity such as SEV-2, sev2 or P1 in a text.
func severityIn(text string) (incidentv1.Severity, bool) {
	word := regexp.MustCompile(`(?i)\b(?:sev[- ]?|p)[1-3]\b|\b(?:critical|major|minor)\b`).FindString(text)
	severity, err := incident.ParseSeverity(word)
	return incidentv1.Severity(severity), word != "" && err == nil
}

// label makes a kind fit for a label.
func label(kind string) string {
	kind = strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
			return r
		case r == ' ':
			return '_'
		}
		return -1
	}, strings.ToLower(strings.TrimSpace(kind)))
	if len(kind) > 64 {
		kind = kind[:64]
	}
	if kind == "note" {
		return ""
	}
	return kind
}
