package catalog_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a log, the fold of its catalog, and somebody who applies.
type bench struct {
	t       testing.TB
	log     *memory.Log
	fold    *catalog.Fold
	options catalog.PlanOptions
	ids     int
}

func newBench(t testing.TB) *bench {
	t.Helper()
	v, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, log: memory.New(memory.Options{}), fold: catalog.NewFold()}
	b.options = catalog.PlanOptions{
		ManagedBy: catalog.ManagedByFile, Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, NewID: b.newID, Validator: v,
	}
	return b
}

func (b *bench) newID() (string, error) {
	b.ids++
	return fmt.Sprintf("id%d", b.ids), nil
}

func (b *bench) author() catalog.Author {
	return catalog.Author{
		Actor: "somebody", Principal: "somebody", Now: time.Unix(1_700_000_000, 0), Random: rand.Reader,
		NewEventID: b.newID, NewID: b.newID,
	}
}

// parse reads documents.
func (b *bench) parse(documents string) []*catalog.Resource {
	b.t.Helper()
	resources, err := catalog.Parse("test.yaml", []byte(documents))
	if err != nil {
		b.t.Fatal(err)
	}
	return resources
}

// catchUp folds what the log has.
func (b *bench) catchUp() *catalog.State {
	b.t.Helper()
	head, err := b.log.Head(b.t.Context())
	if err != nil {
		b.t.Fatal(err)
	}
	for s := b.fold.State().Sequence() + 1; s <= head.Sequence; s++ {
		m, err := b.log.At(b.t.Context(), s)
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.fold.Apply(m); err != nil {
			b.t.Fatal(err)
		}
	}
	return b.fold.State()
}

// append appends all batches but the last few.
func (b *bench) append(batches [][]eventlog.Append) error {
	for _, batch := range batches {
		if _, err := b.log.AppendBatch(context.Background(), batch); err != nil {
			return err
		}
	}
	return nil
}

// given applies documents, which must be fine.
func (b *bench) given(documents string) *catalog.State {
	b.t.Helper()
	changes, err := catalog.Plan(b.catchUp(), b.parse(documents), b.options)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.apply(changes)
}

func (b *bench) apply(changes []catalog.Change) *catalog.State {
	b.t.Helper()
	batches, err := catalog.Batches(b.fold.State(), changes, b.author())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.append(batches); err != nil {
		b.t.Fatal(err)
	}
	return b.catchUp()
}

// planned says what a plan would do, as "create service/checkout".
func planned(changes []catalog.Change) string {
	var lines []string
	for _, c := range changes {
		kind := strings.ToLower(strings.TrimPrefix(c.Kind.String(), "CHANGE_KIND_"))
		lines = append(lines, kind+" "+c.Resource.Key())
	}
	return strings.Join(lines, ", ")
}

const (
	checkout = "{kind: Service, name: checkout, spec: {description: pays}}\n---\n"
	search   = "{kind: Service, name: search, spec: {depends_on: [checkout]}}\n---\n"
	ada      = "{kind: Person, name: ada, spec: {email: ada@example.org, role: responder}}\n---\n"
)

func TestPlan(t *testing.T) {
	for name, c := range map[string]struct {
		given, when string
		options     func(*catalog.PlanOptions)
		then        string
	}{
		"create":               {"", search + checkout, nil, "create service/checkout, create service/search"},
		"nothing to do":        {checkout, checkout, nil, ""},
		"change":               {checkout, "{kind: Service, name: checkout, spec: {description: pays well}}", nil, "update service/checkout"},
		"files are not pruned": {checkout + ada, ada, nil, ""},
		"unless asked":         {checkout + ada, ada, func(o *catalog.PlanOptions) { o.Prune = true }, "delete service/checkout"},
		"delete":               {checkout + ada, "", func(o *catalog.PlanOptions) { o.Delete = []string{"person/ada"} }, "delete person/ada"},
		"delete what is not":   {checkout, "", func(o *catalog.PlanOptions) { o.Delete = []string{"person/ada"} }, ""},
		"the product prunes nothing": {checkout, ada, func(o *catalog.PlanOptions) {
			o.Prune, o.ManagedBy = true, catalog.ManagedByProduct
		}, "create person/ada"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			state := b.given(c.given)
			if c.options != nil {
				c.options(&b.options)
			}
			changes, err := catalog.Plan(state, b.parse(c.when), b.options)
			if got := planned(changes); err != nil || got != c.then {
				t.Errorf("got %q, %v, want %q", got, err, c.then)
			}
		})
	}
}

func TestWhatThePlanRefuses(t *testing.T) {
	manager := func(o *catalog.PlanOptions) { o.Role = authv1.AccountRole_ACCOUNT_ROLE_MANAGER }
	prune := func(o *catalog.PlanOptions) { o.Prune = true }
	for name, c := range map[string]struct {
		given, when string
		options     func(*catalog.PlanOptions)
		where, why  string
	}{
		"dangling":            {"", search, nil, "service/search: spec.depends_on[0]", "unknown_reference"},
		"dangling by pruning": {checkout + search, search, prune, "service/search: spec.depends_on[0]", "unknown_reference"},
		"circle": {
			search + checkout, "{kind: Service, name: checkout, spec: {depends_on: [search]}}", nil,
			"service/checkout: spec.depends_on", "circle",
		},
		"itself":         {"", "{kind: Service, name: a, spec: {depends_on: [a]}}", nil, "service/a: spec.depends_on", "circle"},
		"no group":       {"", "{kind: Component, name: a, spec: {group_name: b}}\n---\n{kind: Component, name: b}", nil, "component/a: spec.group_name", "not_a_group"},
		"nested group":   {"", "{kind: Component, name: a, spec: {group: true, group_name: b}}\n---\n{kind: Component, name: b, spec: {group: true}}", nil, "component/a: spec.group_name", "nested_group"},
		"twice":          {"", checkout + checkout, nil, "service/checkout: name", "twice"},
		"bad name":       {"", "{kind: Service, name: check out}", nil, "service/check out: name", "not_a_name"},
		"bounds":         {"", "{kind: StatusPage, name: main, spec: {title: ''}}", nil, "status_page/main: spec.title", "invalid_field"},
		"link":           {"", "{kind: Service, name: a, spec: {runbook_url: 'javascript:alert(1)'}}", nil, "service/a: spec.runbook_url", "not_a_link"},
		"zone":           {"", "{kind: Person, name: a, spec: {time_zone: Mars/Base}}", nil, "person/a: spec.time_zone", "unknown_time_zone"},
		"same address":   {ada, "{kind: Person, name: eda, spec: {email: ADA@example.org}}", nil, "person/eda: spec.email", "email_taken"},
		"secret value":   {"", "{kind: Webhook, name: w, spec: {url: 'https://a.example', secrets: [whsec_abc]}}", nil, "webhook/w: spec.secrets[0]", "invalid_field"},
		"token by file":  {"", "{kind: Token, name: t, spec: {role: viewer}}", nil, "token/t", "no_secret"},
		"open template":  {"", "{kind: Route, name: r, spec: {service: '{{service'}}", nil, "route/r: spec.service", "open_template"},
		"attaches":       {"", "{kind: Route, name: r, spec: {action: attach}}", nil, "route/r: spec.service", "required"},
		"pages nobody":   {"", "{kind: Route, name: r, spec: {action: page}}", nil, "route/r: spec.team", "required"},
		"pages nothing":  {"", "{kind: Route, name: r, spec: {action: page, team: nothing}}", nil, "route/r: spec.team", "unknown_reference"},
		"urgency alone":  {"", "{kind: Route, name: r, spec: {urgency: low}}", nil, "route/r: spec.urgency", "only_for_pages"},
		"shadow alone":   {"", "{kind: Route, name: r, spec: {action: list, shadow: true}}", nil, "route/r: spec.shadow", "only_for_pages"},
		"tees nowhere":   {"", "{kind: Route, name: r, spec: {tee: [nothing]}}", nil, "route/r: spec.tee[0]", "unknown_reference"},
		"tees by chat":   {"", "{kind: Integration, name: m, spec: {type: slack}}\n---\n{kind: Route, name: r, spec: {tee: [m]}}", nil, "route/r: spec.tee[0]", "not_a_tee"},
		"tees keyless":   {"", "{kind: Integration, name: m, spec: {type: pagerduty}}\n---\n{kind: Route, name: r, spec: {tee: [m]}}", nil, "route/r: spec.tee[0]", "no_key"},
		"no window":      {"", "{kind: Route, name: r, spec: {window: 0s}}", nil, "route/r: spec.window", "not_positive"},
		"unknown":        {"", "{kind: Route, name: r, spec: {service: chekout}}", nil, "route/r: spec.service", "unknown_reference"},
		"own promotion":  {ada, "{kind: Person, name: ada, spec: {role: admin}}", manager, "person/ada: spec.role", "role_too_low"},
		"demoting admin": {"{kind: Person, name: root, spec: {role: admin}}", "{kind: Person, name: root, spec: {role: viewer}}", manager, "person/root: spec.role", "role_too_low"},
		"private webhook": {
			"", "{kind: Webhook, name: w, spec: {url: 'https://a.example', secrets: ['env:S'], include_private: true}}", manager,
			"webhook/w: spec.include_private", "role_too_low",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			state := b.given(c.given)
			if c.options != nil {
				c.options(&b.options)
			}
			_, err := catalog.Plan(state, b.parse(c.when), b.options)
			violations, ok := err.(catalog.Violations) //nolint:errorlint // documented to be this type
			if !ok || len(violations) == 0 {
				t.Fatalf("got %v, want %s", err, c.why)
			}
			if v := violations[0]; v.Where() != c.where || v.Reason != c.why || v.Message == "" {
				t.Errorf("got %q %s (%s), want %q %s", v.Where(), v.Reason, v.Message, c.where, c.why)
			}
		})
	}
}

func TestAnUnknownNameIsExplained(t *testing.T) {
	b := newBench(t)
	state := b.given(checkout)
	_, err := catalog.Plan(state, b.parse("{kind: Route, name: r, spec: {service: chekout}}"), b.options)
	if err == nil || !strings.Contains(err.Error(), `did you mean "checkout"?`) {
		t.Errorf("got %v, want a suggestion", err)
	}
}

func TestIDsOutliveChanges(t *testing.T) {
	b := newBench(t)
	before, _ := b.given(checkout).Get("service", "checkout")
	after, _ := b.given("{kind: Service, name: checkout, spec: {description: pays well}}").Get("service", "checkout")
	if before.ID == "" || after.ID != before.ID || after.Revision != before.Revision+1 {
		t.Errorf("got %s at %d, then %s at %d", before.ID, before.Revision, after.ID, after.Revision)
	}
	if byID, ok := b.fold.State().Get("service", after.ID); !ok || byID != after {
		t.Error("it is not found by its id")
	}
}

func TestAFileTakesOverWhatItNames(t *testing.T) {
	b := newBench(t)
	b.options.ManagedBy = catalog.ManagedByProduct
	state := b.given(checkout + ada)
	b.options.ManagedBy, b.options.Prune = catalog.ManagedByFile, true
	changes, err := catalog.Plan(state, b.parse(checkout), b.options)
	if err != nil || planned(changes) != "update service/checkout" {
		t.Fatalf("got %q, %v: what a person made must not be pruned", planned(changes), err)
	}
	if got := strings.Join(changes[0].Differences, "; "); got != "managed_by: product → file" {
		t.Errorf("got differences %q", got)
	}
	after, _ := b.apply(changes).Get("service", "checkout")
	if after.ManagedBy != catalog.ManagedByFile {
		t.Errorf("it is managed by %s", after.ManagedBy)
	}
}

func TestOfTwoAppliesFromOneStateOneConflicts(t *testing.T) {
	b := newBench(t)
	state := b.given(checkout)
	var batches [2][][]eventlog.Append
	for i, documents := range []string{ada, "{kind: Service, name: search}"} {
		changes, err := catalog.Plan(state, b.parse(documents), b.options)
		if err != nil {
			t.Fatal(err)
		}
		if batches[i], err = catalog.Batches(state, changes, b.author()); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.append(batches[0]); err != nil {
		t.Fatal(err)
	}
	if err := b.append(batches[1]); err == nil {
		t.Fatal("both were committed")
	}
	after := b.catchUp()
	if _, ok := after.Get("person", "ada"); !ok || len(after.List("service")) != 1 {
		t.Error("the first apply is not what is visible")
	}
}

func TestAnApplyThatWasNeverCommittedDoesNoHarm(t *testing.T) {
	b := newBench(t)
	var documents strings.Builder
	for i := range 1200 {
		fmt.Fprintf(&documents, "{kind: Service, name: s%d}\n---\n", i)
	}
	changes, err := catalog.Plan(nil, b.parse(documents.String()), b.options)
	if err != nil {
		t.Fatal(err)
	}
	batches, err := catalog.Batches(b.fold.State(), changes, b.author())
	if err != nil || len(batches) != 2 {
		t.Fatalf("got %d batches, %v, want 2", len(batches), err)
	}
	if err := b.append(batches[:1]); err != nil {
		t.Fatal(err)
	}
	state := b.catchUp()
	if got := len(state.List("")); got != 0 || state.Revision() != 0 {
		t.Fatalf("%d resources are visible before the commit", got)
	}
	// The next apply, of the very same resources under their old ids, too.
	after := b.apply(changes)
	if got := len(after.List("service")); got != 1200 || after.Revision() != 1 {
		t.Errorf("%d resources at revision %d, want 1200 at 1", got, after.Revision())
	}
	// What came too late is refused by the log.
	if err := b.append(batches[1:]); err == nil {
		t.Error("the interrupted apply was committed late")
	}
}

func TestACommitThatDoesNotMatchIsCorrupt(t *testing.T) {
	b := newBench(t)
	changes, err := catalog.Plan(nil, b.parse(checkout+ada), b.options)
	if err != nil {
		t.Fatal(err)
	}
	batches, err := catalog.Batches(nil, changes, b.author())
	if err != nil {
		t.Fatal(err)
	}
	batch := batches[0]
	if err := b.append([][]eventlog.Append{batch[1:]}); err != nil { // one staged change is missing
		t.Fatal(err)
	}
	for s := uint64(1); ; s++ {
		m, err := b.log.At(t.Context(), s)
		if err != nil {
			t.Fatal("the fold took a commit that lacks a change")
		}
		if _, err := b.fold.Apply(m); err != nil {
			if !strings.Contains(err.Error(), catalog.ErrCorrupt.Error()) {
				t.Errorf("got %v, want ErrCorrupt", err)
			}
			return
		}
	}
}

func TestPeopleAreFound(t *testing.T) {
	state := newBench(t).given(ada)
	person, _ := state.Get("person", "ada")
	for _, who := range []string{"ada", "ADA@example.org", "ada@example.org", person.ID} {
		if got, ok := state.Person(who); !ok || got != person {
			t.Errorf("Person(%q) found %v", who, got)
		}
	}
	for _, who := range []string{"", "Ada", "eda@example.org", "checkout"} {
		if _, ok := state.Person(who); ok {
			t.Errorf("Person(%q) found somebody", who)
		}
	}
}

func TestAccounts(t *testing.T) {
	b := newBench(t)
	b.given(ada)
	hash := auth.Hash{1}
	spec := &catalogv1.Spec{Kind: &catalogv1.Spec_Token{Token: &catalogv1.TokenSpec{Person: "ada", Role: authv1.AccountRole_ACCOUNT_ROLE_RESPONDER}}}
	changes, err := catalog.Plan(b.fold.State(), []*catalog.Resource{{Kind: "token", Name: "laptop", Spec: spec, TokenHash: hash}}, b.options)
	if err != nil {
		t.Fatal(err)
	}
	state := b.apply(changes)
	person, _ := state.Get("person", "ada")
	account, err := state.Account(hash)
	if err != nil || account.PersonID != person.ID || account.TokenName != "laptop" || !account.HasPerson {
		t.Errorf("got %+v, %v", account, err)
	}
	if _, err := state.Account(auth.Hash{2}); err == nil {
		t.Error("an unknown token has an account")
	}
	// Changing a token's specification keeps its secret.
	b.given("{kind: Token, name: laptop, spec: {person: ada, role: viewer}}")
	if account, err := b.fold.State().Account(hash); err != nil || account.TokenRole != authv1.AccountRole_ACCOUNT_ROLE_VIEWER {
		t.Errorf("got %+v, %v", account, err)
	}
}

func TestEveryKindIsRegisteredOnce(t *testing.T) {
	fields := (&catalogv1.Spec{}).ProtoReflect().Descriptor().Fields()
	kinds := map[string]bool{}
	for _, k := range catalog.Kinds() {
		kinds[k.Name] = true
		if fields.ByName(protoreflect.Name(k.Name)) == nil {
			t.Errorf("kind %s has no field in Spec", k.Name)
		}
		for _, spelling := range []string{k.Name, k.Title, strings.ToUpper(k.Title), k.Name + "s"} {
			if found, ok := catalog.FindKind(spelling); !ok || found.Name != k.Name {
				t.Errorf("FindKind(%q) found %q", spelling, found.Name)
			}
		}
	}
	if len(kinds) != fields.Len() || len(catalog.Kinds()) != len(kinds) {
		t.Errorf("%d kinds for %d fields of Spec", len(kinds), fields.Len())
	}
}
