package heartbeat

import (
	"fmt"

	"google.golang.org/grpc/codes"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// door is the one at which heartbeats are managed.
const door = "opsgenie"

// right is what somebody may do with heartbeats.
type right struct {
	// actor is the opaque id of the person or machine behind the token.
	actor string
	// all is true where the token itself may change the catalog; otherwise only what the
	// product manages may be changed.
	all bool
}

// rightOf is what whoever asked at a door may do, as the catalog stands, or why nothing.
func rightOf(state *catalog.State, by *signalv1.HeartbeatCaller) (right, error) {
	token, ok := state.Get("token", by.GetToken())
	if !ok {
		return right{}, refusal("no_such_token", "the token of this request was deleted: use another")
	}
	account, err := state.Account(token.TokenHash)
	if err != nil {
		return right{}, fmt.Errorf("look up the token: %w", err)
	}
	r, role := right{actor: account.TokenID}, account.TokenRole
	if account.HasPerson {
		r.actor, role = account.PersonID, min(role, account.PersonRole)
	}
	r.all = role >= authv1.AccountRole_ACCOUNT_ROLE_MANAGER
	sender, _ := state.ByID(by.GetSender())
	switch given := allows(sender); {
	case role < authv1.AccountRole_ACCOUNT_ROLE_RESPONDER || r.actor == "":
		return right{}, refusal("token_may_not", "this token may only read: use one with the role responder")
	case r.all || given:
		return r, nil
	}
	return right{}, refusal("may_not_manage_heartbeats",
		"this key may only ping and read heartbeats: apply a Heartbeat from a file, use a token with the role manager, or set manages_heartbeats: true of the Sender that the address names")
}

// allows tells whether the team lets whoever sends by a sender manage heartbeats.
func allows(sender *catalog.Resource) bool {
	if sender == nil || sender.Kind != "sender" {
		return false
	}
	spec := sender.Spec.GetSender()
	return spec.GetManagesHeartbeats() && !spec.GetDisabled() && spec.GetSource() == door &&
		spec.GetScheme() == catalogv1.SignatureScheme_SIGNATURE_SCHEME_UNSPECIFIED
}

// mayChange refuses what a file manages to whoever may not change the catalog at large.
func (r right) mayChange(one *catalog.Resource) error {
	if r.all || one.ManagedBy == catalog.ManagedByProduct {
		return nil
	}
	return refusal("managed_by_file", fmt.Sprintf("the heartbeat %s is applied from a file: change it there, or use a token with the role manager", one.Name))
}

func refusal(reason, message string) error {
	return &rpc.Refusal{Code: codes.PermissionDenied, Reason: reason, Message: message}
}
