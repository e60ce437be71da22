package cli

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/spool"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
)

// keep puts a declaration on disk that could not be sent, or of which nobody
// knows whether it arrived, and shows whom to reach meanwhile. Any other error
// is returned as it is.
func (a *app) keep(target client.Target, dirs client.Dirs, request *incidentv1.DeclareIncidentRequest, cause error) error {
	f := fault.From(cause)
	if f.Code != fault.Unreachable && f.Code != fault.Unknown {
		return cause
	}
	now := a.Now()
	if f.Code == fault.Unreachable && request.GetOccurredAt() == nil {
		// Nobody has seen the request yet, so it may still say when it happened. A
		// request whose outcome is unknown must be repeated as it was.
		request.OccurredAt = timestamppb.New(now)
	}
	if err := spool.Open(dirs).Keep(target, request, now); err != nil {
		return fault.Unreachablef("%s, and the declaration could not be kept on disk either: %w", f.Error(), err)
	}
	a.showContacts(dirs, target)
	return &fault.Fault{
		Code: f.Code, Reason: "kept", RequestID: request.GetRequestId(),
		Message: f.Error() + " — the declaration is kept on disk (request id " + request.GetRequestId() +
			") and is sent by the next command that reaches the system, or by `bridgelog up`",
	}
}

// showContacts prints the copy of whom to reach.
func (a *app) showContacts(dirs client.Dirs, target client.Target) {
	contacts, err := spool.LoadContacts(dirs, target)
	if err != nil || len(contacts.People) == 0 {
		return
	}
	rows := output.Rows{Columns: []string{"name", "reach", "role"}}
	for _, p := range contacts.People {
		rows.Rows = append(rows.Rows, []output.Cell{output.P(p.Name), output.P(p.Email), output.P(p.Role)})
	}
	p := output.Printer{Out: a.Err, Colour: a.colour(a.ErrTerminal), Width: a.Width}
	_ = p.Print(output.Document{Blocks: []output.Block{
		output.Line{output.T(output.Strong, "Whom to reach, as of "+a.clock().Time(contacts.AsOf)+":")}, rows,
	}})
}

// refreshContacts renews the copy of whom to reach, at most once an hour. What
// goes wrong is no concern of the command.
func (a *app) refreshContacts(ctx context.Context, s *session) {
	old, err := spool.LoadContacts(s.dirs, s.Target)
	if err == nil && a.Now().Sub(old.AsOf) < time.Hour {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	response, err := s.Catalog.ListResources(ctx, &catalogv1.ListResourcesRequest{Kind: "person"})
	if err != nil {
		return
	}
	contacts := spool.Contacts{AsOf: a.Now().UTC()}
	for _, r := range response.GetResources() {
		person := r.GetSpec().GetPerson()
		if person.GetEmail() == "" {
			continue
		}
		name := person.GetDisplayName()
		if name == "" {
			name = r.GetName()
		}
		contacts.People = append(contacts.People, spool.Contact{
			Name: name, Email: person.GetEmail(), Role: view.Word(person.GetRole()),
		})
	}
	_ = spool.SaveContacts(s.dirs, s.Target, contacts)
}
