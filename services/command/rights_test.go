package command_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/bridgelog/bridgelog/pkg/auth"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// methods are all calls of the services that a node serves.
func methods(t *testing.T) []protoreflect.MethodDescriptor {
	t.Helper()
	var all []protoreflect.MethodDescriptor
	for _, name := range []protoreflect.FullName{
		"incident.v1.CommandService", "catalog.v1.CatalogService", "signal.v1.AlertService", "signal.v1.SilenceService", "signal.v1.HeartbeatService",
	} {
		d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
		if err != nil {
			t.Fatal(err)
		}
		service := d.(protoreflect.ServiceDescriptor)
		for i := range service.Methods().Len() {
			all = append(all, service.Methods().Get(i))
		}
	}
	return all
}

// TestRoles calls every RPC as everybody with an empty request: the guard answers
// first, so whoever may call is told what is wrong with the request, or gets an
// answer, and whoever may not is refused.
func TestRoles(t *testing.T) {
	n := newWorld(t).start()
	accounts := people()
	accounts[""] = authv1.AccountRole_ACCOUNT_ROLE_UNSPECIFIED
	for name, role := range accounts {
		c := n.as(name)
		for _, m := range methods(t) {
			full := "/" + string(m.Parent().FullName()) + "/" + string(m.Name())
			need, ok := auth.PolicyOf(protoregistry.GlobalFiles, full)
			if !ok {
				t.Fatalf("%s states no policy", full)
			}
			err := c.conn.Invoke(t.Context(), full, dynamicpb.NewMessage(m.Input()), dynamicpb.NewMessage(m.Output()))
			got := status.Code(err)
			switch {
			case name == "" && got != codes.Unauthenticated:
				t.Errorf("nobody called %s: got %v, want unauthenticated", full, err)
			case name != "" && role < need && got != codes.PermissionDenied:
				t.Errorf("%s called %s: got %v, want permission denied", name, full, err)
			case role >= need && (got == codes.PermissionDenied || got == codes.Unauthenticated):
				t.Errorf("%s called %s: got %v, want to be let in", name, full, err)
			}
		}
	}
}

func TestForgedCredentials(t *testing.T) {
	n := newWorld(t).start()
	nobody := n.as("")
	for name, header := range map[string]string{
		"basic":       "Basic YWRtaW46YWRtaW4=",
		"short":       "Bearer bl_abc",
		"unknown":     "Bearer bl_" + strings.Repeat("a", 52),
		"empty":       "Bearer ",
		"two schemes": "Bearer Bearer " + n.w.tokens["root"].Reveal(),
	} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", header)
		_, err := nobody.catalog.WhoAmI(ctx, &catalogv1.WhoAmIRequest{})
		if status.Code(err) != codes.Unauthenticated {
			t.Errorf("%s: got %v, want unauthenticated", name, err)
		}
	}
}

func TestTheCommandersRights(t *testing.T) {
	n := newWorld(t).start()
	ada, ben, mia := n.as("ada"), n.as("ben"), n.as("mia")
	ada.declare(t, "Checkout returns 502")
	change := func(to incidentv1.Severity) *incidentv1.ChangeSeverityRequest {
		return &incidentv1.ChangeSeverityRequest{Incident: "INC-1", Severity: to}
	}
	_, err := ben.ChangeSeverity(t.Context(), change(incidentv1.Severity_SEVERITY_SEV1))
	refused(t, err, "permission_denied", "not_commander")
	_, err = ada.HandOverRole(t.Context(), &incidentv1.HandOverRoleRequest{Incident: "INC-1", Role: incidentv1.Role_ROLE_SCRIBE, Person: "ben"})
	refused(t, err, "failed_precondition", "role_free")
	_, err = ada.AssignRole(t.Context(), &incidentv1.AssignRoleRequest{Incident: "INC-1", Role: incidentv1.Role_ROLE_COMMANDER, Person: "ben"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ben.ChangeSeverity(t.Context(), change(incidentv1.Severity_SEVERITY_SEV1)); err != nil {
		t.Errorf("the commander was refused: %v", err)
	}
	_, err = ada.ChangeSeverity(t.Context(), change(incidentv1.Severity_SEVERITY_SEV3))
	refused(t, err, "permission_denied", "not_commander")
	if _, err := mia.ChangeSeverity(t.Context(), change(incidentv1.Severity_SEVERITY_SEV3)); err != nil {
		t.Errorf("the manager was refused: %v", err)
	}
}

func TestPrivateIncidentsDoNotExistForOthers(t *testing.T) {
	n := newWorld(t).start()
	ada, ben, root := n.as("ada"), n.as("ben"), n.as("root")
	r, err := ada.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "Breach", Private: true})
	if err != nil {
		t.Fatal(err)
	}
	note := func(c clients, incident, etag string) error {
		_, err := c.AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: incident, Text: "x", Etag: etag})
		return err
	}
	hidden := refused(t, note(ben, "INC-1", ""), "not_found", "no_such_incident")
	missing := refused(t, note(ben, "INC-2", ""), "not_found", "no_such_incident")
	if hidden != missing {
		t.Errorf("hidden answers %+v, missing %+v: they must not differ", hidden, missing)
	}
	refused(t, note(ben, r.GetResult().GetIncidentId(), "1"), "not_found", "no_such_incident")
	refused(t, note(n.as("mia"), "INC-1", ""), "not_found", "no_such_incident")
	if err := note(root, "INC-1", ""); err != nil {
		t.Errorf("the admin was refused: %v", err)
	}
	// What is wrong with the rest of a request is not said either.
	for _, incident := range []string{"INC-1", "INC-2"} {
		_, err := ben.AssignRole(t.Context(), &incidentv1.AssignRoleRequest{Incident: incident, Role: incidentv1.Role_ROLE_SCRIBE, Person: "nobody"})
		refused(t, err, "not_found", "no_such_incident")
		_, err = ben.MergeIncident(t.Context(), &incidentv1.MergeIncidentRequest{Incident: incident, Into: "INC-9"})
		if f := refused(t, err, "not_found", "no_such_incident"); f != missing {
			t.Errorf("merging %s answers %+v, want %+v", incident, f, missing)
		}
	}
	// A manager sees no more by acting for a member.
	_, err = n.as("mia").AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "x", OnBehalfOf: "ada"})
	refused(t, err, "not_found", "no_such_incident")
	// Merging does not tell either.
	ben.declare(t, "Checkout returns 502")
	_, err = ben.MergeIncident(t.Context(), &incidentv1.MergeIncidentRequest{Incident: "INC-2", Into: "INC-1"})
	hiddenTarget := refused(t, err, "not_found", "no_such_incident")
	_, err = ben.MergeIncident(t.Context(), &incidentv1.MergeIncidentRequest{Incident: "INC-2", Into: "INC-9"})
	if missingTarget := refused(t, err, "not_found", "no_such_incident"); hiddenTarget != missingTarget {
		t.Errorf("a hidden target answers %+v, a missing one %+v", hiddenTarget, missingTarget)
	}
}

func TestActingForOthers(t *testing.T) {
	n := newWorld(t).start()
	n.as("ada").declare(t, "Checkout returns 502")
	note := func(as, behalf string) error {
		_, err := n.as(as).AddNote(t.Context(), &incidentv1.AddNoteRequest{Incident: "INC-1", Text: "x", OnBehalfOf: behalf})
		return err
	}
	refused(t, note("ben", "ada"), "permission_denied", "may_not_impersonate")
	for as, behalf := range map[string]string{"ben": "me", "mia": "ada", "console": "ada"} {
		if err := note(as, behalf); err != nil {
			t.Errorf("%s for %s: %v", as, behalf, err)
		}
	}
	refused(t, note("mia", "nobody"), "invalid_argument", "unknown_person")
	// The console's own role lends nothing to the person it acts for.
	refused(t, note("console", "viewer"), "permission_denied", "not_responder")
}

func TestADeletedTokenFailsAtOnce(t *testing.T) {
	n := newWorld(t).start()
	root, ada := n.as("root"), n.as("ada")
	if _, err := ada.catalog.WhoAmI(t.Context(), &catalogv1.WhoAmIRequest{}); err != nil {
		t.Fatal(err)
	}
	if _, err := root.catalog.DeleteResource(t.Context(), &catalogv1.DeleteResourceRequest{Kind: "token", Name: "ada-token"}); err != nil {
		t.Fatal(err)
	}
	_, err := ada.catalog.WhoAmI(t.Context(), &catalogv1.WhoAmIRequest{})
	refused(t, err, "unauthenticated", "unknown_token")
}

func TestOnlyImportsSayWhatImportsSay(t *testing.T) {
	n := newWorld(t).start()
	for field, request := range map[string]*incidentv1.DeclareIncidentRequest{
		"origin":    {Origin: incidentv1.Origin_ORIGIN_IMPORT},
		"kind":      {Kind: incidentv1.IncidentKind_INCIDENT_KIND_MAINTENANCE},
		"scheduled": {Scheduled: &incidentv1.TimeWindow{}},
		"external":  {External: &incidentv1.ExternalReference{System: "x", Id: "1"}},
	} {
		request = proto.Clone(request).(*incidentv1.DeclareIncidentRequest)
		request.Title = "Checkout returns 502"
		_, err := n.as("ada").DeclareIncident(t.Context(), request)
		if f := refused(t, err, "invalid_argument", "imports_only"); f.Field != field {
			t.Errorf("got field %q, want %q", f.Field, field)
		}
	}
	alert := &incidentv1.DeclareIncidentRequest{Title: "Checkout returns 502", Origin: incidentv1.Origin_ORIGIN_ALERT}
	_, err := n.as("ada").DeclareIncident(t.Context(), alert)
	refused(t, err, "invalid_argument", "not_a_machine")
	if _, err := n.as("machine").DeclareIncident(context.WithoutCancel(t.Context()), alert); err != nil {
		t.Errorf("a machine was refused: %v", err)
	}
}
