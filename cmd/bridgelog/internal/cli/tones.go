package cli

import (
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// severityCell shows a severity; in triage there is none yet.
func severityCell(severity string) output.Cell {
	switch severity {
	case "SEV-1":
		return output.T(output.Bad, severity)
	case "SEV-2":
		return output.T(output.Warn, severity)
	case "unknown":
		return output.T(output.Dim, "SEV-?")
	}
	return output.P(severity)
}

// statusCell shows a status.
func statusCell(status string) output.Cell {
	switch status {
	case "resolved", "closed":
		return output.T(output.Good, status)
	case "cancelled":
		return output.T(output.Dim, status)
	case "triage", "investigating":
		return output.T(output.Bad, status)
	}
	return output.T(output.Warn, status)
}

// componentCell shows the state of a component.
func componentCell(status string) output.Cell {
	words := strings.ReplaceAll(status, "_", " ")
	switch status {
	case "operational":
		return output.T(output.Good, words)
	case "partial_outage", "major_outage":
		return output.T(output.Bad, words)
	}
	return output.T(output.Warn, words)
}
