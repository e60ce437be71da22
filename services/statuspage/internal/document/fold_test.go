package document_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/prototext"

	"github.com/bridgelog/bridgelog/pkg/incident"
	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/document"
)

// began is when every scenario begins.
func began() time.Time { return time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC) }

// story folds events of one incident, a minute apart, and returns the default page.
func story(events ...incident.Event) *statusv1.PageDocument {
	f := document.NewFold(began())
	for n, e := range events {
		f.Apply(recorded(n, e))
	}
	return f.Pages(nil)[0].PageDocument
}

func recorded(n int, e incident.Event) incident.Recorded {
	at := began().Add(time.Duration(n) * time.Minute)
	return incident.Recorded{
		Meta:  incident.Meta{Incident: "one", Revision: uint64(n + 1), OccurredAt: at, RecordedAt: at},
		Event: e,
	}
}

func said(id, title, message string, status incident.Status) incident.PublicUpdatePublished {
	return incident.PublicUpdatePublished{UpdateID: id, Title: title, Message: message, Status: status}
}

func TestNothingInternalGetsIntoADocument(t *testing.T) {
	t.Parallel()
	const canary = "canary"
	doc := story(
		incident.Declared{Title: canary, Summary: canary, Severity: incident.SEV1, Services: []string{canary}},
		incident.UpdatePosted{Text: canary, Author: canary},
		incident.NoteAdded{Text: canary},
		incident.SeverityChanged{Reason: canary},
		incident.Mitigated{Summary: canary},
		incident.ImpactChanged{Components: []incident.ComponentImpact{{Component: canary, Status: incident.MajorOutage}}},
		said("u1", "Payments fail", "We are looking into it.", incident.StatusInvestigating),
		incident.PublicUpdateRetracted{UpdateID: "other", Reason: canary},
		incident.EntryEdited{Entry: 2, Text: canary, Reason: canary},
		incident.Resolved{Summary: canary},
	)
	if text := prototext.Format(doc); strings.Contains(text, canary) {
		t.Errorf("internal text is public:\n%s", text)
	}
	if len(doc.GetIncidents()) != 1 || doc.GetIncidents()[0].GetName() != "Payments fail" {
		t.Errorf("got %v", doc.GetIncidents())
	}
}

func TestAnIncidentIsPublicOnlyOnceSomethingWasPublished(t *testing.T) {
	t.Parallel()
	if doc := story(incident.Declared{Title: "Internal"}); len(doc.GetIncidents()) != 0 {
		t.Errorf("got %v", doc.GetIncidents())
	}
}

func TestARetractedUpdateIsGone(t *testing.T) {
	t.Parallel()
	doc := story(
		said("u1", "Payments fail", "First.", incident.StatusInvestigating),
		said("u2", "", "Second.", incident.StatusIdentified),
		incident.PublicUpdateRetracted{UpdateID: "u2"},
	)
	shown := doc.GetIncidents()[0]
	if len(shown.GetUpdates()) != 1 || shown.GetStatus() != "investigating" {
		t.Errorf("got %v", shown)
	}
}

func TestAnEditedUpdateSaysTheNewText(t *testing.T) {
	t.Parallel()
	doc := story(
		said("u1", "Payments fail", "Typo.", incident.StatusInvestigating),
		incident.EntryEdited{Entry: 1, Text: "Right."},
	)
	shown := doc.GetIncidents()[0].GetUpdates()[0]
	if shown.GetBody() != "Right." || shown.GetUpdatedAtUs() != began().Add(time.Minute).UnixMicro() {
		t.Errorf("got %v", shown)
	}
}

func TestARedactedUpdateIsGone(t *testing.T) {
	t.Parallel()
	doc := story(
		said("u1", "Secret name", "Secret.", incident.StatusInvestigating),
		incident.EntryRedacted{Entry: 1},
	)
	if len(doc.GetIncidents()) != 0 {
		t.Errorf("got %v", doc.GetIncidents())
	}
}

func TestAResolvedIncidentReopensWithTheNextUpdate(t *testing.T) {
	t.Parallel()
	doc := story(
		said("u1", "Payments fail", "Trouble.", incident.StatusInvestigating),
		said("u2", "", "Watching.", incident.StatusMonitoring),
		said("u3", "", "Over.", incident.StatusResolved),
		said("u4", "", "Not over.", incident.StatusInvestigating),
	)
	shown := doc.GetIncidents()[0]
	if shown.GetResolvedAtUs() != 0 || shown.GetStatus() != "investigating" || shown.GetMonitoringAtUs() == 0 {
		t.Errorf("got %v", shown)
	}
	if first := shown.GetUpdates()[0].GetBody(); first != "Not over." {
		t.Errorf("the newest update is %q", first)
	}
}

func TestTheSameEventTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	f := document.NewFold(began())
	e := recorded(0, said("u1", "Payments fail", "Trouble.", incident.StatusInvestigating))
	if !f.Apply(e) || f.Apply(e) {
		t.Error("the first must change something and the second nothing")
	}
	if n := len(f.Pages(nil)[0].GetIncidents()[0].GetUpdates()); n != 1 {
		t.Errorf("%d updates", n)
	}
}

func TestIdsLookLikeStatuspages(t *testing.T) {
	t.Parallel()
	doc := story(said("internal-update-id", "Payments fail", "Trouble.", incident.StatusInvestigating))
	shown := doc.GetIncidents()[0]
	for _, id := range []string{doc.GetId(), shown.GetId(), shown.GetUpdates()[0].GetId()} {
		if len(id) != 12 || strings.ContainsFunc(id, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789", r) }) {
			t.Errorf("id %q", id)
		}
	}
	kept := story(said("259dt6xnlkqq", "Payments fail", "Trouble.", incident.StatusInvestigating))
	if id := kept.GetIncidents()[0].GetUpdates()[0].GetId(); id != "259dt6xnlkqq" {
		t.Errorf("an original id became %q", id)
	}
}
