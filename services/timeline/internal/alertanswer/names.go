package alertanswer

import (
	"github.com/bridgelog/bridgelog/pkg/catalog"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// named puts the names of people and machines into alerts, as they are today.
func named(state *catalog.State, alerts ...*signalv1.Alert) {
	for _, a := range alerts {
		if ack := a.GetAcknowledgment(); ack != nil {
			ack.ByName = state.Called(ack.GetBy())
		}
		for _, n := range a.GetNotes() {
			n.ByName = state.Called(n.GetBy())
		}
	}
}
