package write

import (
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// investigationCommand is commandOf for the search for the cause; nil for any
// other request.
func investigationCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.AddHypothesisRequest:
		return incident.AddHypothesis{Text: r.GetText(), Because: r.GetBecause(), Eliminate: r.GetEliminate()}, nil
	case *incidentv1.TestHypothesisRequest:
		h, err := incident.ParseHypothesis(r.GetHypothesis())
		return incident.TestHypothesis{Hypothesis: h, Text: r.GetText()}, err
	case *incidentv1.ConfirmHypothesisRequest:
		h, err := incident.ParseHypothesis(r.GetHypothesis())
		return incident.ConfirmHypothesis{Hypothesis: h, Reason: r.GetReason()}, err
	case *incidentv1.EliminateHypothesisRequest:
		h, err := incident.ParseHypothesis(r.GetHypothesis())
		return incident.EliminateHypothesis{Hypothesis: h, Reason: r.GetReason()}, err
	case *incidentv1.ReopenHypothesisRequest:
		h, err := incident.ParseHypothesis(r.GetHypothesis())
		return incident.ReopenHypothesis{Hypothesis: h, Reason: r.GetReason()}, err
	}
	return assessmentCommand(req, n)
}

func assessmentCommand(req proto.Message, n names) (incident.Command, error) {
	switch r := req.(type) {
	case *incidentv1.AssessRequest:
		return incident.Assess{Trend: incident.Trend(r.GetTrend()), Reason: r.GetReason()}, nil
	case *incidentv1.MakeDecisionRequest:
		c, err := decisionCommand(r)
		if err != nil {
			return nil, err
		}
		return c, n.checks(c.Checks)
	case *incidentv1.StartImpactRequest:
		return incident.StartImpact{Reason: r.GetReason()}, nil
	case *incidentv1.EndImpactRequest:
		return incident.EndImpact{Reason: r.GetReason()}, nil
	case *incidentv1.ChangeCategoryRequest:
		return incident.ChangeCategory{To: r.GetCategory()}, n.category(r.GetCategory())
	case *incidentv1.RelateIncidentRequest:
		return incident.RelateIncident{Relation: incident.Relation(r.GetRelation())}, nil
	case *incidentv1.UnrelateIncidentRequest:
		return incident.UnrelateIncident{}, nil
	case *incidentv1.SetBlastRadiusRequest:
		if err := n.check("service", "services", r.GetServices()); err != nil {
			return nil, err
		}
		return incident.SetBlastRadius{
			Services: r.GetServices(), Components: r.GetComponents(), Regions: r.GetRegions(), Customers: r.GetCustomers(),
			CustomerNames: r.GetCustomerNames(), Text: r.GetText(),
		}, n.check("component", "components", r.GetComponents())
	}
	return nil, nil //nolint:nilnil // documented: another request is no error here
}

func decisionCommand(r *incidentv1.MakeDecisionRequest) (incident.MakeDecision, error) {
	choice, err := incident.ParseChoice(r.GetChoice())
	if err != nil {
		return incident.MakeDecision{}, err
	}
	c := incident.MakeDecision{
		Choice: choice, Reason: r.GetReason(), Options: r.GetOptions(), Change: incident.ChangeID(r.GetChange()), Entry: r.GetEntry(),
	}
	for _, check := range r.GetChecks() {
		c.Checks = append(c.Checks, incident.Check{Item: check.GetItem(), Holds: check.GetHolds()})
	}
	if r.GetHypothesis() != "" {
		c.Hypothesis, err = incident.ParseHypothesis(r.GetHypothesis())
	}
	return c, err
}
