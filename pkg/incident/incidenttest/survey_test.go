package incidenttest_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

func TestExploreFindsWhoMayCauseWhat(t *testing.T) {
	const histories = 1000
	explore := func() incidenttest.Survey {
		return incidenttest.Explore(histories, nil, rand.New(rand.NewPCG(41, 41)).IntN)
	}
	survey := explore()
	if again := explore(); !reflect.DeepEqual(again, survey) {
		t.Error("a second look finds something else")
	}
	always := map[string][]incidenttest.Standing{}
	for _, c := range survey.Causes {
		always[c.Event+" by "+c.Command] = c.Always
	}
	for key, want := range map[string][]incidenttest.Standing{
		"incident.declared by declare":        {incidenttest.Anyone, incidenttest.Managing, incidenttest.Administering},
		"incident.note_added by add_note":     {incidenttest.Anyone, incidenttest.Leading, incidenttest.Communications},
		"incident.closed by close":            {incidenttest.Leading, incidenttest.WhileNoneLeads, incidenttest.Managing},
		"incident.entry_hidden by hide_entry": {incidenttest.Leading, incidenttest.Authoring, incidenttest.Administering},
	} {
		for _, standing := range want {
			if !slices.Contains(always[key], standing) {
				t.Errorf("%s: %v, want %s among them", key, always[key], standing)
			}
		}
	}
	if slices.Contains(always["incident.closed by close"], incidenttest.Anyone) {
		t.Error("anybody closes incidents")
	}
	for _, m := range []incidenttest.Move{
		{From: incident.StatusUnknown, To: incident.StatusTriage, Command: "declare"},
		{From: incident.StatusMonitoring, To: incident.StatusResolved, Command: "resolve"},
		{From: incident.StatusResolved, To: incident.StatusClosed, Command: "close"},
		{From: incident.StatusClosed, To: incident.StatusInvestigating, Command: "reopen"},
	} {
		if !slices.Contains(survey.Moves, m) {
			t.Errorf("nobody went from %v to %v by %s", m.From, m.To, m.Command)
		}
	}
}
