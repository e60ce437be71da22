package command_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// apply applies documents, which must be fine.
func (c clients) apply(t *testing.T, documents string) {
	t.Helper()
	if _, err := c.catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: resources(t, documents)}); err != nil {
		t.Fatal(err)
	}
}

// versions tells what became of a resource, one line a change.
func (c clients) versions(t *testing.T, kind, name string) []string {
	t.Helper()
	r, err := c.catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: kind, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range r.GetVersions() {
		line := strings.ToLower(strings.TrimPrefix(v.GetChange().String(), "CHANGE_KIND_")) + " by " + v.GetActorName() + ": " + strings.Join(v.GetDifferences(), "; ")
		if v.GetErased() {
			line += " (erased)"
		}
		lines = append(lines, line)
	}
	return lines
}

func equalLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestTheHistoryOfAResource(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	mia, root := n.as("mia"), n.as("root")
	mia.apply(t, "{kind: Service, name: checkout, spec: {tier: 1}}")
	root.apply(t, "{kind: Service, name: checkout, spec: {tier: 2, description: pays}}")
	mia.apply(t, "{kind: Service, name: other}") // somebody else's story
	if _, err := mia.catalog.DeleteResource(t.Context(), &catalogv1.DeleteResourceRequest{Kind: "service", Name: "checkout"}); err != nil {
		t.Fatal(err)
	}
	mia.apply(t, "{kind: Service, name: checkout, spec: {tier: 3}}") // another one of the same name
	want := []string{
		"create by mia: managed_by: file; tier: 1",
		"update by root: description: pays; tier: 1 → 2",
		"delete by mia: ",
		"create by mia: managed_by: file; tier: 3",
	}
	equalLines(t, n.as("viewer").versions(t, "services", "checkout"), want...)
	equalLines(t, w.start().as("viewer").versions(t, "service", "checkout"), want...)

	_, err := mia.catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: "service", Name: "chekout"})
	if f := refused(t, err, "not_found", "no_such_resource"); !strings.Contains(f.Message, `did you mean "checkout"`) {
		t.Errorf("got %+v", f)
	}
	// Whoever may not see a token does not see its history either.
	_, err = n.as("ada").catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: "token", Name: "root-token"})
	refused(t, err, "not_found", "no_such_resource")
	if got := n.as("ada").versions(t, "token", "ada-token"); len(got) != 1 || !strings.HasPrefix(got[0], "create by Bridgelog") {
		t.Errorf("the own token: %v", got)
	}
}

func TestTheCatalogAsItWasKnown(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	mia := n.as("mia")
	begin := time.Now()
	mia.apply(t, "{kind: Service, name: checkout, spec: {tier: 1}}\n---\n{kind: Service, name: search}")
	first := recorded(t, mia, "checkout")
	mia.apply(t, "{kind: Service, name: checkout, spec: {tier: 2}}")
	second := recorded(t, mia, "checkout")
	if _, err := mia.catalog.DeleteResource(t.Context(), &catalogv1.DeleteResourceRequest{Kind: "service", Name: "checkout"}); err != nil {
		t.Fatal(err)
	}
	tier := func(at time.Time) int32 {
		t.Helper()
		r, err := n.as("viewer").catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{
			Kind: "service", Name: "checkout", KnownTime: timestamppb.New(at),
		})
		if err != nil {
			t.Fatalf("at %v: %v", at, err)
		}
		return r.GetResource().GetSpec().GetService().GetTier()
	}
	if got := []int32{tier(first), tier(second), tier(second.Add(-time.Microsecond))}; got[0] != 1 || got[1] != 2 {
		t.Errorf("tiers %v", got)
	}
	for name, at := range map[string]time.Time{"before": begin.Add(-time.Hour), "after": time.Now().Add(time.Hour)} {
		_, err := mia.catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{Kind: "service", Name: "checkout", KnownTime: timestamppb.New(at)})
		refused(t, err, "not_found", "no_such_resource")
		listed, err := mia.catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{Kind: "service", KnownTime: timestamppb.New(at)})
		if err != nil || (len(listed.GetResources()) == 1) != (name == "after") {
			t.Errorf("%s: %v, %v", name, listed, err)
		}
	}
	listed, err := mia.catalog.ListResources(t.Context(), &catalogv1.ListResourcesRequest{Kind: "service", KnownTime: timestamppb.New(first)})
	if err != nil || len(listed.GetResources()) != 2 {
		t.Errorf("then: %v, %v", listed, err)
	}
	_, err = mia.catalog.GetResource(t.Context(), &catalogv1.GetResourceRequest{
		Kind: "service", Name: "search", KnownTime: &timestamppb.Timestamp{Nanos: -1},
	})
	refused(t, err, "invalid_argument", "not_a_time")
}

// recorded is when a service was changed last.
func recorded(t *testing.T, c clients, name string) time.Time {
	t.Helper()
	r, err := c.catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: "service", Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetVersions()[len(r.GetVersions())-1].GetRecordedTime().AsTime()
}
