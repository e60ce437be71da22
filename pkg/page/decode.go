package page

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/incident"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Decode reads an event back: a [Requested], [Attempted], [Delivered], [Failed],
// [Acknowledged] or [Ended]. It returns [ErrUnknownType] for what a later version wrote.
func Decode(typ string, r chain.Record) (any, error) {
	switch typ {
	case TypeRequested:
		return decodeRequested(r)
	case TypeAttempted:
		var f signalv1.PageAttemptedFacts
		err := decode(typ, r, &f)
		return Attempted{Outcome{
			Person: f.GetPersonId(), Way: int(f.GetWay()), Attempt: int(f.GetAttempt()), At: instant(f.GetAttemptedAtUs()),
			Reason: f.GetReason(), Problem: f.GetProblem(),
		}}, err
	case TypeDelivered:
		var f signalv1.PageDeliveredFacts
		err := decode(typ, r, &f)
		return Delivered{Outcome{Person: f.GetPersonId(), Way: int(f.GetWay()), Attempt: int(f.GetAttempt()), At: instant(f.GetDeliveredAtUs())}}, err
	case TypeFailed:
		var f signalv1.PageFailedFacts
		err := decode(typ, r, &f)
		return Failed{Outcome{
			Person: f.GetPersonId(), Way: int(f.GetWay()), Attempt: int(f.GetAttempt()), At: instant(f.GetFailedAtUs()),
			Reason: f.GetReason(), Problem: f.GetProblem(),
		}}, err
	case TypeAcknowledged:
		var f signalv1.PageAcknowledgedFacts
		err := decode(typ, r, &f)
		return Acknowledged{By: f.GetBy(), At: instant(f.GetAcknowledgedAtUs())}, err
	case TypeEnded:
		var f signalv1.PageEndedFacts
		err := decode(typ, r, &f)
		return Ended{At: instant(f.GetEndedAtUs())}, err
	}
	return nil, fmt.Errorf("decode %.64q: %w", typ, ErrUnknownType)
}

func decodeRequested(r chain.Record) (Requested, error) {
	var f signalv1.PageRequestedFacts
	if err := decode(TypeRequested, r, &f); err != nil {
		return Requested{}, err
	}
	requested := Requested{
		Alert: f.GetAlertId(), Route: f.GetRoute(), Urgency: f.GetUrgency(), Severity: incident.Severity(f.GetSeverity()),
		Shadow: f.GetShadow(), At: instant(f.GetRequestedAtUs()),
		Whom: Whom{
			Team: f.GetTeam(), Service: f.GetService(), Problem: f.GetProblem(), NotBefore: instant(f.GetNotBeforeUs()),
			Sequence: f.GetCatalogSequence(), Revision: f.GetCatalogRevision(),
		},
	}
	for _, to := range f.GetRecipients() {
		requested.Recipients = append(requested.Recipients, recipientOf(to))
	}
	return requested, nil
}

func decode(typ string, r chain.Record, facts proto.Message) error {
	if err := proto.Unmarshal(r.Facts, facts); err != nil {
		return fmt.Errorf("decode facts of %s: %w", typ, err)
	}
	return nil
}

func (r Recipient) wire() *signalv1.PageRecipient {
	out := &signalv1.PageRecipient{PersonId: r.Person, Revision: r.Revision, Problem: r.Problem}
	for _, w := range r.Ways {
		out.Ways = append(out.Ways, &signalv1.PageWay{Number: int32(w.Number), Type: w.Type, Integration: w.Integration, Problem: w.Problem})
	}
	return out
}

func recipientOf(in *signalv1.PageRecipient) Recipient {
	r := Recipient{Person: in.GetPersonId(), Revision: in.GetRevision(), Problem: in.GetProblem()}
	for _, w := range in.GetWays() {
		r.Ways = append(r.Ways, Way{Number: int(w.GetNumber()), Type: w.GetType(), Integration: w.GetIntegration(), Problem: w.GetProblem()})
	}
	return r
}

func wireSeverity(s incident.Severity) incidentv1.Severity { return incidentv1.Severity(s) }
