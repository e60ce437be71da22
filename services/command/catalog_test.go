package command_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/rpc"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// resources reads documents as the apply command does.
func resources(t *testing.T, documents string) []*catalogv1.Resource {
	t.Helper()
	parsed, err := catalog.Parse("test.yaml", []byte(documents))
	if err != nil {
		t.Fatal(err)
	}
	var all []*catalogv1.Resource
	for _, r := range parsed {
		all = append(all, &catalogv1.Resource{Kind: r.Kind, Name: r.Name, Spec: r.Spec})
	}
	return all
}

const shop = "{kind: Service, name: checkout}\n---\n{kind: Component, name: api}\n---\n{kind: StatusPage, name: main, spec: {title: Shop}}"

func TestApply(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	mia := n.as("mia")
	request := &catalogv1.ApplyRequest{Resources: resources(t, shop), RequestId: "a1"}

	dry := proto.Clone(request).(*catalogv1.ApplyRequest)
	dry.DryRun = true
	planned, err := mia.catalog.Apply(t.Context(), dry)
	if err != nil || len(planned.GetChanges()) != 3 || planned.GetPosition() != "" {
		t.Fatalf("a dry run says %v, %v", planned, err)
	}
	applied, err := mia.catalog.Apply(t.Context(), request)
	if err != nil || len(applied.GetChanges()) != 3 || applied.GetEtag() == planned.GetEtag() {
		t.Fatalf("got %v, %v", applied, err)
	}
	// What was answered is visible, here and elsewhere.
	for _, c := range []clients{mia, w.start().as("viewer")} {
		got, err := c.catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{Kind: "Service", Name: "checkout"})
		if err != nil || got.GetResource().GetManagedBy() != "file" || len(got.GetResource().GetId()) != 26 {
			t.Errorf("got %v, %v", got, err)
		}
	}
	again, err := mia.catalog.Apply(t.Context(), request)
	if err != nil || len(again.GetChanges()) != 0 || again.GetPosition() != applied.GetPosition() {
		t.Errorf("repeated: got %v, %v", again, err)
	}
	request.Prune = true
	_, err = mia.catalog.Apply(t.Context(), request)
	refused(t, err, "already_exists", "request_id_reused")
	_, err = mia.catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Etag: planned.GetEtag(), Resources: resources(t, shop)})
	refused(t, err, "aborted", "stale_etag")
}

func TestApplySaysWhatIsWrong(t *testing.T) {
	mia := newWorld(t).start().as("mia")
	_, err := mia.catalog.Apply(t.Context(), &catalogv1.ApplyRequest{
		Resources: resources(t, shop+"\n---\n{kind: Route, name: r, spec: {service: chekout}}"),
	})
	if f := refused(t, err, "invalid_argument", "unknown_reference"); f.Field != "route/r: spec.service" {
		t.Errorf("got %+v", f)
	}
	listed, err := mia.catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{Kind: "service"})
	if err != nil || len(listed.GetResources()) != 0 {
		t.Errorf("after a refusal %v is visible (%v)", listed, err)
	}
}

func TestManagersDoNotMakeAdmins(t *testing.T) {
	n := newWorld(t).start()
	for name, documents := range map[string]string{
		"promote themselves": "{kind: Person, name: mia, spec: {role: admin}}",
		"demote an admin":    "{kind: Person, name: root, spec: {role: viewer}}",
		"raise a token":      "{kind: Token, name: mia-token, spec: {person: mia, role: manager, description: mine}}",
	} {
		_, err := n.as("mia").catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: resources(t, documents)})
		if f := rpc.FailureOf(err); f.Reason != "role_too_low" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := n.as("mia").catalog.DeleteResource(t.Context(), &catalogv1.DeleteResourceRequest{Kind: "token", Name: "root-token"})
	refused(t, err, "invalid_argument", "role_too_low")
}

func TestDelete(t *testing.T) {
	n := newWorld(t).start()
	mia, root := n.as("mia"), n.as("root")
	if _, err := mia.catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: resources(t, shop)}); err != nil {
		t.Fatal(err)
	}
	request := &catalogv1.DeleteResourceRequest{Kind: "services", Name: "checkout", RequestId: "d1"}
	first, err := mia.catalog.DeleteResource(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	again, err := mia.catalog.DeleteResource(t.Context(), request)
	if err != nil || again.GetPosition() != first.GetPosition() {
		t.Errorf("repeated: got %v, %v, want %v", again, err, first)
	}
	request.RequestId = "d2"
	_, err = mia.catalog.DeleteResource(t.Context(), request)
	refused(t, err, "not_found", "no_such_resource")
	// Who has a token cannot be deleted without it.
	_, err = root.catalog.DeleteResource(t.Context(), &catalogv1.DeleteResourceRequest{Kind: "person", Name: "ada"})
	if f := refused(t, err, "invalid_argument", "unknown_reference"); f.Field != "token/ada-token: spec.person" {
		t.Errorf("got %+v", f)
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	root := n.as("root")
	request := &catalogv1.CreateTokenRequest{Name: "ci", Spec: &catalogv1.TokenSpec{Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER}}
	made, err := root.catalog.CreateToken(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := rpc.Dial(n.address, made.GetToken())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	me, err := clientsOf(conn).catalog.WhoAmI(t.Context(), &catalogv1.WhoAmIRequest{})
	if err != nil || me.GetToken() != "ci" || me.GetPerson() != "" || me.GetPrincipal() != made.GetResource().GetId() {
		t.Errorf("got %v, %v", me, err)
	}
	_, err = root.catalog.CreateToken(t.Context(), request)
	refused(t, err, "already_exists", "token_exists")
	_, err = root.catalog.CreateToken(t.Context(), &catalogv1.CreateTokenRequest{Name: "x", Spec: &catalogv1.TokenSpec{
		Person: "ada", Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN,
	}})
	refused(t, err, "invalid_argument", "more_than_person")
	_, err = n.as("mia").catalog.CreateToken(t.Context(), request)
	refused(t, err, "permission_denied", "role_too_low")

	// Managers see every token, everybody else their own.
	for who, want := range map[string]string{"viewer": "viewer", "ada": "ada", "mia": "", "root": ""} {
		listed, err := n.as(who).catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{Kind: "token"})
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			if len(listed.GetResources()) < 5 {
				t.Errorf("%s sees %v, want all", who, listed)
			}
			continue
		}
		for _, r := range listed.GetResources() {
			if r.GetSpec().GetToken().GetPerson() != want {
				t.Errorf("%s sees %v", who, r)
			}
		}
		if len(listed.GetResources()) != 1 {
			t.Errorf("%s sees %d tokens, want their own", who, len(listed.GetResources()))
		}
		_, err = n.as(who).catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{Kind: "token", Name: "ci"})
		refused(t, err, "not_found", "no_such_resource")
		all, err := n.as(who).catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{})
		if err != nil || slices.ContainsFunc(all.GetResources(), func(r *catalogv1.Resource) bool { return r.GetName() == "ci" }) {
			t.Errorf("%s sees among all %v, %v", who, all, err)
		}
	}
	mine, err := clientsOf(conn).catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{Kind: "token"})
	if err != nil || len(mine.GetResources()) != 1 || mine.GetResources()[0].GetName() != "ci" {
		t.Errorf("the machine sees %v, %v, want itself", mine, err)
	}

	// Nothing in the log is the secret.
	head, err := w.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for s := uint64(1); s <= head.Sequence; s++ {
		m, err := w.log.At(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(m.Data), made.GetToken()) {
			t.Errorf("message %d on %s holds the secret", s, m.Subject)
		}
	}
}

func TestPagesOfResources(t *testing.T) {
	mia := newWorld(t).start().as("mia")
	var documents string
	for i := range 25 {
		documents += fmt.Sprintf("{kind: Service, name: s%02d}\n---\n", i)
	}
	if _, err := mia.catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: resources(t, documents)}); err != nil {
		t.Fatal(err)
	}
	var names []string
	request := &catalogv1.ListResourcesRequest{Kind: "service", PageSize: 10}
	for {
		page, err := mia.catalog.ListResources(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.GetResources() {
			names = append(names, r.GetName())
		}
		if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
			break
		}
	}
	if len(names) != 25 || !slices.IsSorted(names) || len(slices.Compact(names)) != 25 {
		t.Errorf("got %v", names)
	}
	request.PageToken = "%%%"
	_, err := mia.catalog.ListResources(t.Context(), request)
	refused(t, err, "invalid_argument", "invalid_page_token")
	_, err = mia.catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{Kind: "gadget"})
	refused(t, err, "invalid_argument", "unknown_kind")
}

func TestAnInterruptedApplyIsDoneOnce(t *testing.T) {
	var documents string
	for i := range 1100 {
		documents += fmt.Sprintf("{kind: Service, name: s%d}\n---\n", i)
	}
	for _, point := range []string{"apply.before_stage", "apply.before_commit", "apply.after_commit"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			w.start().stop()
			failOnce(t, point)
			request := &catalogv1.ApplyRequest{RequestId: "a1", Resources: resources(t, documents)}
			before, err := w.log.LastSequence(t.Context(), "catalog.apply.head")
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				n := w.start()
				if _, err := n.as("mia").catalog.Apply(t.Context(), request); err == nil {
					break
				}
				n.stop()
			}
			state := w.start().catalog.State()
			heads, err := w.log.Load(t.Context(), "catalog.apply.head", before)
			if len(state.List("service")) != 1100 || len(heads) != 1 || err != nil {
				t.Errorf("%d services after %d applies (%v), want 1100 after 1", len(state.List("service")), len(heads), err)
			}
		})
	}
}

func TestTwoAppliesAtOnceDoNotMix(t *testing.T) {
	w := newWorld(t)
	done := make(chan error, 2)
	for i := range 2 {
		c := w.start().as("mia")
		go func() {
			for j := range 10 {
				_, err := c.catalog.Apply(t.Context(), &catalogv1.ApplyRequest{
					Resources: resources(t, fmt.Sprintf("{kind: Service, name: s%d-%d}\n---\n{kind: Service, name: shared, spec: {description: '%d %d'}}", i, j, i, j)),
				})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := len(w.start().catalog.State().List("service")); got != 21 {
		t.Errorf("got %d services, want 21", got)
	}
}

func TestBootstrapTokensAreReplaced(t *testing.T) {
	w := newWorld(t)
	w.start().stop()
	before, err := w.log.LastSequence(t.Context(), eventlog.FilterCatalog)
	if err != nil {
		t.Fatal(err)
	}
	w.start().stop() // the same tokens write nothing
	if after, _ := w.log.LastSequence(t.Context(), eventlog.FilterCatalog); after != before {
		t.Errorf("a second start moved the catalog from %d to %d", before, after)
	}
	old := w.tokens["root"]
	w.tokens["root"] = worldOn(t, w.log).tokens["root"]
	n := w.start()
	if _, err := n.as("root").catalog.WhoAmI(t.Context(), &catalogv1.WhoAmIRequest{}); err != nil {
		t.Errorf("the new secret: %v", err)
	}
	w.tokens["root"] = old
	_, err = n.as("root").catalog.WhoAmI(t.Context(), &catalogv1.WhoAmIRequest{})
	refused(t, err, "unauthenticated", "unknown_token")
}

func TestNames(t *testing.T) {
	n := newWorld(t).start()
	ada := n.as("ada")
	declare := func(c clients, service string) error {
		_, err := c.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "x", Services: []string{service}})
		return err
	}
	if err := declare(ada, "anything"); err != nil {
		t.Errorf("while the catalog knows no service: %v", err)
	}
	if _, err := n.as("mia").catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: resources(t, shop)}); err != nil {
		t.Fatal(err)
	}
	if f := refused(t, declare(ada, "chekout"), "invalid_argument", "unknown_service"); f.Field != "services[0]" || f.Message != `there is no service "chekout": did you mean "checkout"?` {
		t.Errorf("got %+v", f)
	}
	if err := declare(ada, "checkout"); err != nil {
		t.Errorf("a known service: %v", err)
	}
	impact := func(c clients, incident string) error {
		_, err := c.SetImpact(t.Context(), &incidentv1.SetImpactRequest{Incident: incident, Components: []*incidentv1.ComponentImpact{
			{Component: "apj", Status: incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE},
		}})
		return err
	}
	refused(t, impact(ada, "INC-1"), "invalid_argument", "unknown_component")
	machine := n.as("machine")
	if err := impact(machine, fmt.Sprint(machine.declare(t, "x").GetNumber())); err != nil {
		t.Errorf("a machine may know more than the catalog: %v", err)
	}
	_, err := ada.PublishUpdate(t.Context(), &incidentv1.PublishUpdateRequest{
		Incident: "INC-1", Status: incidentv1.Status_STATUS_INVESTIGATING, Message: "x", Pages: []string{"mein"},
	})
	refused(t, err, "invalid_argument", "unknown_status_page")
	_, err = ada.AssignRole(t.Context(), &incidentv1.AssignRoleRequest{Incident: "INC-1", Role: incidentv1.Role_ROLE_SCRIBE, Person: "benn"})
	if f := refused(t, err, "invalid_argument", "unknown_person"); f.Message != `there is no person "benn": did you mean "ben"?` {
		t.Errorf("got %+v", f)
	}
	taken, err := ada.AssignRole(t.Context(), &incidentv1.AssignRoleRequest{Incident: "INC-1", Role: incidentv1.Role_ROLE_SCRIBE, Person: "me"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = ada.AssignRole(t.Context(), &incidentv1.AssignRoleRequest{Incident: "INC-1", Role: incidentv1.Role_ROLE_COMMANDER, Person: "ada"})
	if err != nil || slices.Contains(taken.GetResult().GetWarnings(), "there is no scribe: what nobody writes down is lost") {
		t.Errorf("got %v, %v", taken, err)
	}
}
