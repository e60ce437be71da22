package incidentlogtest

import (
	"context"
	"crypto/rand"
	"testing"
	"time"

	"buf.build/go/protovalidate"
	"github.com/google/uuid"

	"github.com/bridgelog/bridgelog/pkg/auth"
	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// Follow runs a follower of the log's catalog for the time of the test and waits
// until it is ready.
func Follow(t testing.TB, log eventlog.Reader) *catalog.Follower {
	t.Helper()
	f := catalog.NewFollower(log, catalog.FollowerOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("follow the catalog: %v", err)
		}
	})
	select {
	case <-f.Ready():
	case <-time.After(10 * time.Second):
		t.Fatal("the catalog did not become ready")
	}
	return f
}

// Apply brings resources into the catalog and waits until the follower has them.
func Apply(t testing.TB, log eventlog.Log, f *catalog.Follower, resources ...*catalog.Resource) {
	t.Helper()
	apply(t, log, f, resources, nil)
}

// Delete deletes resources ("kind/name") and waits until the follower knows.
func Delete(t testing.TB, log eventlog.Log, f *catalog.Follower, keys ...string) {
	t.Helper()
	apply(t, log, f, nil, keys)
}

func apply(t testing.TB, log eventlog.Log, f *catalog.Follower, resources []*catalog.Resource, remove []string) {
	t.Helper()
	state := f.State()
	newID := func() (string, error) { return catalog.NewID(rand.Reader) }
	validator, err := protovalidate.New()
	if err != nil {
		t.Fatal(err)
	}
	changes, err := catalog.Plan(state, resources, catalog.PlanOptions{
		ManagedBy: catalog.ManagedBySystem, Role: authv1.AccountRole_ACCOUNT_ROLE_ADMIN, NewID: newID, Validator: validator, Delete: remove,
	})
	if err != nil {
		t.Fatal(err)
	}
	newEventID := func() (string, error) { return uuid.NewString(), nil }
	batches, err := catalog.Batches(state, changes, catalog.Author{
		Actor: "ada", Now: time.Now(), Random: rand.Reader, NewEventID: newEventID, NewID: newID,
	})
	if err != nil {
		t.Fatal(err)
	}
	var last eventlog.Position
	for _, batch := range batches {
		positions, err := log.AppendBatch(t.Context(), batch)
		if err != nil {
			t.Fatal(err)
		}
		last = positions[len(positions)-1]
	}
	if _, err := f.Wait(t.Context(), last.Sequence); err != nil {
		t.Fatal(err)
	}
}

// YAML reads resources as people write them.
func YAML(t testing.TB, text string) []*catalog.Resource {
	t.Helper()
	resources, err := catalog.Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return resources
}

// Token makes a machine's token and its resource.
func Token(t testing.TB, name string, role authv1.AccountRole) (secret string, resource *catalog.Resource) {
	t.Helper()
	token, err := auth.NewToken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spec := &catalogv1.Spec{Kind: &catalogv1.Spec_Token{Token: &catalogv1.TokenSpec{Role: role}}}
	return token.Reveal(), &catalog.Resource{Kind: "token", Name: name, Spec: spec, TokenHash: token.Hash()}
}
