package command_test

import (
	"slices"
	"strings"
	"testing"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

func TestHypothesesAreNumberedAndRepeatable(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	ada.declare(t, "Checkout returns 502")
	add := func(text, request string) *incidentv1.WriteResult {
		t.Helper()
		r, err := ada.AddHypothesis(t.Context(), &incidentv1.AddHypothesisRequest{Incident: "1", Text: text, RequestId: request})
		if err != nil {
			t.Fatal(err)
		}
		return r.GetResult()
	}
	if first, second := add("pool", "a"), add("release", "b"); first.GetHypothesis() != "H1" || second.GetHypothesis() != "H2" {
		t.Errorf("%v and %v", first, second)
	}
	if again := add("pool", "a"); again.GetHypothesis() != "H1" || !again.GetReplayed() {
		t.Errorf("again: %v", again)
	}
	_, err := ada.TestHypothesis(t.Context(), &incidentv1.TestHypothesisRequest{Incident: "1", Hypothesis: "h2", Text: "not it", Etag: "1"})
	refused(t, err, "aborted", "stale_etag")
	_, err = ada.EliminateHypothesis(t.Context(), &incidentv1.EliminateHypothesisRequest{Incident: "1", Hypothesis: "2", Reason: "not it", Etag: "3"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ada.ConfirmHypothesis(t.Context(), &incidentv1.ConfirmHypothesisRequest{Incident: "1", Hypothesis: "H2", Reason: "it is"})
	refused(t, err, "failed_precondition", "hypothesis_eliminated")
	_, err = ada.ReopenHypothesis(t.Context(), &incidentv1.ReopenHypothesisRequest{Incident: "1", Hypothesis: "pool", Reason: "new"})
	refused(t, err, "invalid_argument", "unknown_hypothesis")
	_, err = ada.ConfirmHypothesis(t.Context(), &incidentv1.ConfirmHypothesisRequest{Incident: "1", Hypothesis: "H9", Reason: "new"})
	refused(t, err, "not_found", "no_such_hypothesis")
}

func TestDecisionsAssessmentsAndImpact(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	ada.declare(t, "Checkout returns 502")
	_, err := ada.MakeDecision(t.Context(), &incidentv1.MakeDecisionRequest{Incident: "1", Choice: "fix-forward"})
	refused(t, err, "invalid_argument", "required")
	for range 2 {
		r, err := ada.MakeDecision(t.Context(), &incidentv1.MakeDecisionRequest{Incident: "1", Choice: "Roll back", RequestId: "a", Change: "deploy-812"})
		if err != nil || r.GetResult().GetDecision() != "D1" {
			t.Fatalf("%v, %v", r, err)
		}
	}
	_, err = ada.MakeDecision(t.Context(), &incidentv1.MakeDecisionRequest{Incident: "1", Choice: "wait", Reason: "r", Hypothesis: "H1"})
	refused(t, err, "not_found", "no_such_hypothesis")
	if _, err := ada.Assess(t.Context(), &incidentv1.AssessRequest{Incident: "1", Trend: incidentv1.Trend_TREND_WORSE}); err != nil {
		t.Fatal(err)
	}
	_, err = ada.EndImpact(t.Context(), &incidentv1.EndImpactRequest{Incident: "1"})
	refused(t, err, "failed_precondition", "impact_not_started")
	if _, err := ada.StartImpact(t.Context(), &incidentv1.StartImpactRequest{Incident: "1"}); err != nil {
		t.Fatal(err)
	}
	_, err = ada.SetBlastRadius(t.Context(), &incidentv1.SetBlastRadiusRequest{Incident: "1"})
	refused(t, err, "invalid_argument", "required")
	r, err := ada.SetBlastRadius(t.Context(), &incidentv1.SetBlastRadiusRequest{Incident: "1", Regions: []string{"eu"}, Customers: 3})
	if err != nil || r.GetResult().GetRevision() != 5 {
		t.Errorf("%v, %v", r, err)
	}
}

func TestCategoriesAreThoseOfThePlaybook(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	_, err := ada.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "x", Category: "capacitty"})
	if f := refused(t, err, "invalid_argument", "unknown_category"); f.Field != "category" {
		t.Errorf("%+v", f)
	}
	if _, err := ada.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "x", Category: "change"}); err != nil {
		t.Fatal(err)
	}
	r, err := ada.ChangeCategory(t.Context(), &incidentv1.ChangeCategoryRequest{Incident: "1", Category: "change"})
	if err != nil || !r.GetResult().GetUnchanged() {
		t.Errorf("%v, %v", r, err)
	}
	_, err = ada.ChangeCategory(t.Context(), &incidentv1.ChangeCategoryRequest{Incident: "1", Category: "weather"})
	refused(t, err, "invalid_argument", "unknown_category")
	if _, err = ada.ChangeCategory(t.Context(), &incidentv1.ChangeCategoryRequest{Incident: "1", Category: "capacity"}); err != nil {
		t.Fatal(err)
	}
}

func TestRelatedIncidentsTellEachOther(t *testing.T) {
	ada := newWorld(t).start().as("ada")
	ada.declare(t, "Checkout returns 502")
	ada.declare(t, "Checkout is down")
	relate := func(incident, other string, relation incidentv1.Relation, request string) (*incidentv1.WriteResult, error) {
		r, err := ada.RelateIncident(t.Context(), &incidentv1.RelateIncidentRequest{Incident: incident, Other: other, Relation: relation, RequestId: request})
		return r.GetResult(), err
	}
	for n := range 2 {
		r, err := relate("2", "1", incidentv1.Relation_RELATION_DUPLICATE_OF, "a")
		if err != nil || r.GetRevision() != 2 || r.GetReplayed() != (n == 1) || r.GetUnchanged() {
			t.Fatalf("%v, %v", r, err)
		}
	}
	if r, err := relate("1", "2", incidentv1.Relation_RELATION_DUPLICATED_BY, "b"); err != nil || !r.GetUnchanged() {
		t.Errorf("the other way round: %v, %v", r, err)
	}
	_, err := relate("1", "1", incidentv1.Relation_RELATION_RELATED, "c")
	refused(t, err, "invalid_argument", "itself")
	_, err = relate("1", "9", incidentv1.Relation_RELATION_RELATED, "d")
	refused(t, err, "not_found", "no_such_incident")
}

func TestRelationsAreTakenBackOnBothSides(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	ada.declare(t, "Checkout returns 502")
	ada.declare(t, "Checkout is down")
	if _, err := ada.RelateIncident(t.Context(), &incidentv1.RelateIncidentRequest{Incident: "1", Other: "2", Relation: incidentv1.Relation_RELATION_RELATED}); err != nil {
		t.Fatal(err)
	}
	back := &incidentv1.UnrelateIncidentRequest{Incident: "2", Other: "1", RequestId: "a"}
	for n := range 2 {
		r, err := ada.UnrelateIncident(t.Context(), back)
		if err != nil || r.GetResult().GetRevision() != 3 || r.GetResult().GetReplayed() != (n == 1) || r.GetResult().GetUnchanged() {
			t.Fatalf("%v, %v", r, err)
		}
	}
	if r, err := ada.UnrelateIncident(t.Context(), &incidentv1.UnrelateIncidentRequest{Incident: "1", Other: "2"}); err != nil || !r.GetResult().GetUnchanged() {
		t.Errorf("from the other side: %v, %v", r, err)
	}
	_, err := ada.UnrelateIncident(t.Context(), &incidentv1.UnrelateIncidentRequest{Incident: "1", Other: "9"})
	refused(t, err, "not_found", "no_such_incident")
	if _, err := ada.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "secret", Private: true}); err != nil {
		t.Fatal(err)
	}
	_, err = n.as("ben").UnrelateIncident(t.Context(), &incidentv1.UnrelateIncidentRequest{Incident: "1", Other: "3"})
	refused(t, err, "not_found", "no_such_incident")
}

func TestAnswersAreThoseOfTheChecklist(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	ada.declare(t, "Checkout returns 502")
	decide := func(c clients, choice string, items ...string) (*incidentv1.MakeDecisionResponse, error) {
		r := &incidentv1.MakeDecisionRequest{Incident: "1", Choice: choice, Reason: "r"}
		for _, i := range items {
			r.Checks = append(r.Checks, &incidentv1.DecisionCheck{Item: i, Holds: true})
		}
		return c.MakeDecision(t.Context(), r)
	}
	_, err := decide(ada, "rollback", "tested", "recent-chnage")
	if f := refused(t, err, "invalid_argument", "unknown_item"); f.Field != "checks[1].item" || !strings.Contains(f.Message, `did you mean "recent-change"?`) {
		t.Errorf("got %+v", f)
	}
	r, err := decide(ada, "fix-forward", "recent-change", "still-hurting", "tested", "objections")
	if want := []string{"your answers speak for rollback: recent-change, still-hurting"}; err != nil || !slices.Equal(r.GetResult().GetWarnings(), want) {
		t.Errorf("warned %q, %v", r.GetResult().GetWarnings(), err)
	}
	if r, err := decide(ada, "rollback", "recent-change"); err != nil || len(r.GetResult().GetWarnings()) > 0 {
		t.Errorf("warned %q, %v", r.GetResult().GetWarnings(), err)
	}
}

func TestTheDeclarerHandsOverTheLead(t *testing.T) {
	n := newWorld(t).start()
	n.as("ada").declare(t, "Checkout returns 502")
	hand := &incidentv1.HandOverRoleRequest{Incident: "1", Role: incidentv1.Role_ROLE_COMMANDER, Person: "mia", Summary: "db is fine"}
	_, err := n.as("ben").HandOverRole(t.Context(), hand)
	refused(t, err, "permission_denied", "role_held")
	if _, err := n.as("ada").HandOverRole(t.Context(), hand); err != nil {
		t.Error(err)
	}
}
