package source_test

import (
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const (
	incidentIOAlert    = `{"event_type":"public_alert.alert_created_v1","public_alert.alert_created_v1":{"id":"A1","title":"CPU","description":"high","source_url":"https://m.example/1","deduplication_key":"d","created_at":"2025-11-22T10:00:00Z","resolved_at":"2025-11-22T11:00:00Z","attributes":[{"attribute":{"name":"service"},"value":{"label":"Payments"}}]}}`
	incidentIOIncident = `{"event_type":"public_incident.incident_created_v2","public_incident.incident_created_v2":{"id":"I1","name":"Sad database","reference":"INC-1","mode":"standard","permalink":"https://i.example/1","created_at":"2025-11-22T10:00:00Z","updated_at":"2025-11-22T12:00:00Z","severity":{"name":"Minor"},"incident_status":{"name":"Investigating","category":"live"}}}`
	incidentIOStatus   = `{"event_type":"public_incident.incident_status_updated_v2","public_incident.incident_status_updated_v2":{"incident":{"id":"I1","name":"Sad database","created_at":"2025-11-22T10:00:00Z","updated_at":"2025-11-22T12:00:00Z","incident_status":{"category":"closed"}}}}`
)

func TestIncidentIO(t *testing.T) {
	sourcetest.Run(t, source.IncidentIO{}, all(
		[]string{incidentIOAlert, incidentIOIncident, incidentIOStatus, `{"event_type":"private_incident.incident_created_v2","private_incident.incident_created_v2":{"id":"x"}}`, `{"event_type":"another"}`},
		[]string{`{}`, `{"event_type":"public_alert.alert_created_v1"}`, `{"event_type":"public_incident.incident_status_updated_v2"}`, `{"event_type":"public_incident.incident_status_updated_v2","public_incident.incident_status_updated_v2":{}}`},
	))
	testTold(t, source.IncidentIO{}, incidentIOAlert, &told{"alert/A1", true, "CPU", map[string]string{"service": "Payments", "deduplication_key": "d"}})
	a := testTold(t, source.IncidentIO{}, strings.ReplaceAll(incidentIOAlert, "created_v1", "resolved_v1"), &told{"alert/A1", false, "CPU", nil})
	if a.EndsAt.Format("15:04") != "11:00" || a.URL != "https://m.example/1" {
		t.Errorf("got %+v", a)
	}
	testTold(t, source.IncidentIO{}, incidentIOIncident, &told{"incident/I1", true, "Sad database", map[string]string{"severity": "Minor", "reference": "INC-1"}})
	testTold(t, source.IncidentIO{}, strings.Replace(incidentIOIncident, "standard", "test", 1), nil)
	for category, firing := range map[string]bool{"triage": true, "live": true, "paused": true, "closed": false, "learning": false, "declined": false, "merged": false, "canceled": false} {
		testTold(t, source.IncidentIO{}, strings.Replace(incidentIOStatus, "closed", category, 1), &told{"incident/I1", firing, "Sad database", nil})
	}
	accepted := strings.Replace(incidentIOStatus, `{"incident":`, `{"previous_status":{"category":"triage"},"new_status":{"category":"live"},"incident":`, 1)
	testRemarked(t, source.IncidentIO{}, strings.Replace(accepted, "closed", "live", 1), "tester/incident/I1", source.Remark{Acknowledges: true})
	for _, body := range []string{accepted, incidentIOStatus, strings.Replace(strings.Replace(accepted, "closed", "triage", 1), `{"category":"live"}`, `{"category":"triage"}`, 1)} {
		if batch, err := (source.IncidentIO{}).Parse(sourcetest.Signal([]byte(body))); err != nil || len(batch.Remarks) != 0 {
			t.Errorf("%s: %+v, %v", body, batch.Remarks, err)
		}
	}
}

func FuzzIncidentIO(f *testing.F) {
	fuzz(f, source.IncidentIO{}, incidentIOAlert, incidentIOIncident, incidentIOStatus)
}
