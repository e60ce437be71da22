package source_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
	"github.com/bridgelog/bridgelog/services/intake/internal/source/sourcetest"
)

const opsgenieCreate = `{"action":"Create","alert":{"alertId":"a-1","message":"Disk full","alias":"disk","entity":"db","priority":"P2","tags":["critical","env:prod"],"details":{"service":"checkout","runbook_url":"https://r.example/1"},"createdAt":1763912000000,"updatedAt":1763912060000},"source":{"name":"x","type":"api"},"integrationId":"i"}`

func TestOpsgenieWebhook(t *testing.T) {
	sourcetest.Run(t, source.OpsgenieWebhook{}, all(
		[]string{opsgenieCreate, strings.Replace(opsgenieCreate, "Create", "Close", 1), `{"action":"AddTags"}`, strings.Replace(opsgenieCreate, "Create", "Acknowledge", 1)},
		[]string{`{}`, `{"action":"Create"}`, `{"action":"AddNote"}`, `{"action":"Close","alert":{}}`, `{"action":5}`},
	))
	a := testTold(t, source.OpsgenieWebhook{}, opsgenieCreate, &told{"alert/a-1", true, "Disk full", map[string]string{
		"service": "checkout", "env": "prod", "critical": "true", "priority": "P2", "entity": "db", "alias": "disk",
	}})
	if a.RunbookURL != "https://r.example/1" || !a.StartsAt.Equal(time.UnixMilli(1763912000000)) {
		t.Errorf("got %+v", a)
	}
	a = testTold(t, source.OpsgenieWebhook{}, strings.Replace(opsgenieCreate, "Create", "Close", 1), &told{"alert/a-1", false, "Disk full", nil})
	if !a.EndsAt.Equal(time.UnixMilli(1763912060000)) {
		t.Errorf("ends at %v", a.EndsAt)
	}
	by := strings.Replace(opsgenieCreate, `"alertId"`, `"username":"ada@example.com","note":"Looking","alertId"`, 1)
	testRemarked(t, source.OpsgenieWebhook{}, strings.Replace(by, "Create", "Acknowledge", 1), a.Fingerprint,
		source.Remark{Acknowledges: true, Text: "Looking", SaidBy: "ada@example.com"})
	testRemarked(t, source.OpsgenieWebhook{}, strings.Replace(by, "Create", "AddNote", 1), a.Fingerprint,
		source.Remark{Text: "Looking", SaidBy: "ada@example.com"})
	testTold(t, source.OpsgenieWebhook{}, strings.Replace(opsgenieCreate, "Create", "UnAcknowledge", 1), nil)
}

func FuzzOpsgenieWebhook(f *testing.F) { fuzz(f, source.OpsgenieWebhook{}, opsgenieCreate) }
