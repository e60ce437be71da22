package timeline_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

// exported reads an export to its end.
func (n *node) exported(t *testing.T, who, ref string) ([]*timelinev1.ExportedEvent, *timelinev1.ExportHeads, error) {
	t.Helper()
	stream, err := n.Export(as(t, who), &timelinev1.ExportRequest{Incident: ref})
	if err != nil {
		return nil, nil, err
	}
	var events []*timelinev1.ExportedEvent
	var heads *timelinev1.ExportHeads
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return events, heads, nil
		}
		if err != nil {
			return nil, nil, err
		}
		if e := m.GetEvent(); e != nil {
			events = append(events, e)
		} else {
			heads = m.GetHeads()
		}
	}
}

// TestExportVerifiesElsewhere rebuilds the records from an export alone.
func TestExportVerifiesElsewhere(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id := w.problem("Slow")
	w.Do(id, incident.AddNote{Text: "canary"}, logtest.Act{})
	w.Do(id, incident.AddNote{Text: "kept"}, logtest.Act{})
	w.Redact(id, 2, logtest.Act{})
	w.problem("Another")
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "1", Position: w.settle()}))
	events, heads, err := n.exported(t, "eve", "INC-1")
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != 4 || heads.GetEvents() != 4 || len(heads.GetHeads()) != 1 || heads.GetHeads()[0].GetRevision() != 4 {
		t.Fatalf("%d events, heads %v", len(events), heads)
	}
	var last []byte
	for _, e := range events {
		r := chain.Record{EnvelopeBytes: e.GetEnvelope(), Facts: e.GetFacts(), Content: e.GetContent(), Salt: e.GetSalt(), Redacted: e.GetRedacted()}
		envelope, err := chain.VerifyRecord(r)
		if err != nil {
			t.Errorf("revision %d: %v", e.GetRevision(), err)
		}
		if string(envelope.PrevHash) != string(last) {
			t.Errorf("revision %d does not continue the chain", e.GetRevision())
		}
		hash := r.Hash()
		last = hash[:]
		if strings.Contains(e.String(), "canary") {
			t.Errorf("revision %d holds what was redacted", e.GetRevision())
		}
		if !strings.Contains(e.GetReadableJson(), `"type":"`+envelope.Type+`"`) {
			t.Errorf("readable form: %s", e.GetReadableJson())
		}
	}
	if string(heads.GetHeads()[0].GetHash()) != string(last) || !events[1].GetRedacted() {
		t.Error("the head is not the last event, or the redaction is not marked")
	}
	_, _, err = n.exported(t, "eve", "")
	refused(t, err, "permission_denied", "role_too_low")
	all, heads, err := n.exported(t, "root", "")
	if err != nil || len(all) != 6 || len(heads.GetHeads()) != 3 || heads.GetPosition() != w.settle() {
		t.Errorf("%d events, %v, %v", len(all), heads, err)
	}
}

// verified runs a verification and returns its verdict and findings.
func (n *node) verified(t *testing.T, ref string) (*timelinev1.VerifyResponse, []*timelinev1.VerifyFinding) {
	t.Helper()
	stream, err := n.Verify(as(t, "root"), &timelinev1.VerifyRequest{Incident: ref})
	if err != nil {
		t.Fatal(err)
	}
	var last *timelinev1.VerifyResponse
	var findings []*timelinev1.VerifyFinding
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return last, findings
		}
		if err != nil {
			t.Fatal(err)
		}
		last = m
		findings = append(findings, m.GetFindings()...)
	}
}

func TestVerify(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	id, other := w.problem("Slow"), w.problem("Other")
	w.Do(id, incident.AddNote{Text: "canary"}, logtest.Act{})
	w.Redact(id, 2, logtest.Act{})
	must[*timelinev1.GetIncidentResponse](t)(n.GetIncident(as(t, "eve"), &timelinev1.GetIncidentRequest{Incident: "2", Position: w.settle()}))
	verdict, findings := n.verified(t, "")
	if len(findings) != 0 || !verdict.GetDone() || verdict.GetEvents() != 5 || verdict.GetRedacted() != 1 || verdict.GetSubjects() != 3 {
		t.Errorf("a sound log: %v %v", verdict, findings)
	}
	if _, findings := n.verified(t, "INC-1"); len(findings) != 0 {
		t.Errorf("a sound incident: %v", findings)
	}
	lost := w.Do(other, incident.AddNote{Text: "lost"}, logtest.Act{})
	w.Do(other, incident.AddNote{Text: "after"}, logtest.Act{})
	w.log.Lose(lost.Sequence)
	_, findings = n.verified(t, "")
	if len(findings) != 2 || findings[0].GetSequence() != lost.Sequence || !strings.Contains(findings[1].GetProblem(), "does not verify") {
		t.Errorf("a damaged log: %v", findings)
	}
	if _, findings := n.verified(t, "INC-2"); len(findings) != 1 {
		t.Errorf("a damaged incident: %v", findings)
	}
	stream, err := n.Verify(as(t, "eve"), &timelinev1.VerifyRequest{})
	if err == nil {
		_, err = stream.Recv()
	}
	refused(t, err, "permission_denied", "role_too_low")
}
