package command_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/eventlog"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// people of the tests that erase: eve has data, a token, and is in a team; whatever
// is hers contains the word.
const (
	eveWord = "eve7canary"
	eve     = `
kind: Person
name: eve7canary
spec: {display_name: Eve eve7canary, email: eve7canary@example.org, role: responder, contacts: [{type: chat, address: "@eve7canary"}]}
---
kind: Team
name: ops
spec: {members: [ada, eve7canary], managers: [eve7canary]}
`
)

// holding are the subjects whose messages hold some bytes.
func holding(t *testing.T, log eventlog.Log, word string) []string {
	t.Helper()
	head, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for s := uint64(1); s <= head.Sequence; s++ {
		m, err := log.At(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(m.Data, []byte(word)) {
			found = append(found, m.Subject)
		}
	}
	return found
}

// withEve is a world in which eve worked.
func withEve(t *testing.T, w *world) (n *node, eveID string, before time.Time) {
	t.Helper()
	n = w.start()
	root := n.as("root")
	root.apply(t, eve)
	root.apply(t, strings.Replace(eve, "Eve eve7canary", "Eve eve7canary the second", 1))
	_, err := root.catalog.CreateToken(t.Context(), &catalogv1.CreateTokenRequest{
		Name: "eve7canary-laptop", Spec: &catalogv1.TokenSpec{Person: eveWord, Role: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := root.catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{Kind: "person", Name: eveWord + "@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	root.apply(t, "{kind: Service, name: checkout, spec: {owner: ops}}")
	return n, made.GetResource().GetId(), time.Now()
}

func TestAPersonIsErasedForGood(t *testing.T) {
	for name, w := range map[string]*world{"memory": newWorld(t), "disk": diskWorld(t)} {
		t.Run(name, func(t *testing.T) { erasesEve(t, w) })
	}
}

func erasesEve(t *testing.T, w *world) {
	n, id, before := withEve(t, w)
	root, elsewhere := n.as("root"), w.start()
	if len(holding(t, w.log, eveWord)) < 4 {
		t.Fatal("the word is not in the log to begin with")
	}
	if _, err := n.as("mia").catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: eveWord}); err == nil {
		t.Error("a manager erased somebody")
	}
	_, err := root.catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: "root"})
	refused(t, err, "failed_precondition", "oneself")
	_, err = root.catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: "nobody"})
	refused(t, err, "not_found", "no_such_resource")

	dry, err := root.catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: eveWord, DryRun: true})
	if err != nil || len(dry.GetChanges()) != 3 || dry.GetErased() < 4 || len(dry.GetWarnings()) != 1 {
		t.Errorf("a dry run says %v, %v", dry, err)
	}
	request := &catalogv1.ErasePersonRequest{Name: eveWord, RequestId: "e1"}
	done, err := root.catalog.ErasePerson(t.Context(), request)
	if err != nil || len(done.GetChanges()) != 3 || done.GetErased() != dry.GetErased() {
		t.Fatalf("got %v, %v", done, err)
	}
	if found := holding(t, w.log, eveWord); len(found) > 0 {
		t.Errorf("the log still has it on %v", found)
	}
	request.Name = id
	again, err := root.catalog.ErasePerson(t.Context(), request)
	if err != nil || again.GetErased() != 0 || len(again.GetChanges()) != 0 {
		t.Errorf("repeated: %v, %v", again, err)
	}
	for name, n := range map[string]*node{"live": n, "elsewhere": elsewhere, "started anew": w.start()} {
		t.Run(name, func(t *testing.T) { eveIsGone(t, n, id, before) })
	}
}

// eveIsGone looks for eve wherever the catalog shows people.
func eveIsGone(t *testing.T, n *node, id string, before time.Time) {
	root := n.as("root")
	for _, name := range []string{eveWord, eveWord + "@example.org"} {
		for _, at := range []*timestamppb.Timestamp{nil, timestamppb.New(before)} {
			_, err := root.catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{Kind: "person", Name: name, KnownTime: at})
			refused(t, err, "not_found", "no_such_resource")
		}
	}
	for _, at := range []*timestamppb.Timestamp{nil, timestamppb.New(before)} {
		listed, err := root.catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{KnownTime: at})
		if err != nil || strings.Contains(listed.String(), eveWord) {
			t.Errorf("at %v the catalog says %v, %v", at, listed, err)
		}
	}
	equalLines(t, root.versions(t, "person", id),
		"create by root:  (erased)", "update by root:  (erased)", "delete by root:  (erased)")
	equalLines(t, root.versions(t, "team", "ops"),
		"create by root:  (erased)", "update by root: ") // what it was compared with is gone
	team, err := root.catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{Kind: "team", Name: "ops"})
	if err != nil || strings.Join(team.GetResource().GetSpec().GetTeam().GetMembers(), ",") != "ada" {
		t.Errorf("the team is %v, %v", team, err)
	}
	waitUntil(t, func() bool { _, there := n.catalog.State().ByID(id); return !there })
	if got := n.catalog.State().Called(id); got != "former member" {
		t.Errorf("eve is called %q", got)
	}
}

func TestAnErasureThatWasInterruptedIsFinished(t *testing.T) {
	for _, point := range []string{
		"apply.before_commit", "apply.after_commit", "erase.before_erase", "erase.between_erasures", "redact.before_record", "redact.before_erase", "redact.after_erase",
	} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			n, id, before := withEve(t, w)
			n.stop()
			failOnce(t, point)
			for attempt := range 2 {
				n = w.start()
				name := eveWord
				if n.catalog.State().Bearers("person", name) == nil {
					name = id
				}
				_, err := n.as("root").catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: name, RequestId: "e1"})
				if err != nil && attempt > 0 {
					t.Fatal(err)
				}
				n.stop()
			}
			if _, err := eventlog.Sweep(t.Context(), w.log); err != nil {
				t.Fatal(err)
			}
			if found := holding(t, w.log, eveWord); len(found) > 0 {
				t.Errorf("the log still has it on %v", found)
			}
			eveIsGone(t, w.start(), id, before)
		})
	}
}

// What a deleted person left behind can be erased too.
func TestSomebodyWhoWasDeletedIsErased(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	root := n.as("root")
	root.apply(t, "{kind: Person, name: eve7canary, spec: {display_name: Eve eve7canary, role: responder}}")
	if _, err := root.catalog.DeleteResource(t.Context(), &catalogv1.DeleteResourceRequest{Kind: "person", Name: eveWord}); err != nil {
		t.Fatal(err)
	}
	done, err := root.catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: eveWord})
	if err != nil || done.GetErased() != 1 || len(done.GetChanges()) != 0 {
		t.Errorf("got %v, %v", done, err)
	}
	if found := holding(t, w.log, eveWord); len(found) > 0 {
		t.Errorf("the log still has it on %v", found)
	}
	_, err = root.catalog.ErasePerson(t.Context(), &catalogv1.ErasePersonRequest{Name: eveWord})
	refused(t, err, "not_found", "no_such_resource")
	if _, err := root.DeclareIncident(t.Context(), &incidentv1.DeclareIncidentRequest{Title: "life goes on"}); err != nil {
		t.Error(err)
	}
}
