package intake_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	authv1 "github.com/bridgelog/bridgelog/proto/gen/auth/v1"
)

// aWhile is how long something is watched that must not happen.
const aWhile = 300 * time.Millisecond

// TestNothingIsHandledBeforeTheCatalogIsRead: a service that starts with signals to
// handle would find no route for any of them.
func TestNothingIsHandledBeforeTheCatalogIsRead(t *testing.T) {
	s := newSystem(t)
	s.commands.setDown(true)
	s.send(alertJSON("a", t0, ""))
	s.stop()
	s.commands.setDown(false)
	s.catalog = catalog.NewFollower(s.log, catalog.FollowerOptions{})
	s.start()
	for until := time.Now().Add(aWhile); time.Now().Before(until); <-time.After(10 * time.Millisecond) {
		if subjects, err := s.log.Subjects(t.Context(), eventlog.FilterAlerts); err != nil || len(subjects) > 0 {
			t.Fatalf("handled without a catalog: %v, %v", subjects, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.catalog.Run(ctx) }()
	s.until("an incident by its route", func(states []incident.State) bool { return len(states) == 1 })
	s.stop()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestWhatCannotBeReadAnyMoreIsListed: its sender's mapping changed after the signal was
// accepted and before it was handled.
func TestWhatCannotBeReadAnyMoreIsListed(t *testing.T) {
	s := newSystem(t)
	secret, admin := incidentlogtest.Token(t, "admin", authv1.AccountRole_ACCOUNT_ROLE_ADMIN)
	incidentlogtest.Apply(t, s.log, s.catalog, append(incidentlogtest.YAML(t, mappedSender), admin)...)
	s.commands.setDown(true)
	const body = `{"checks":[{"id":"a","state":"down"}]}`
	if status, answer := s.sendJSON("/hooks/json/probes", body); status != http.StatusAccepted {
		t.Fatalf("answered %d %s", status, answer)
	}
	s.stop()
	incidentlogtest.Apply(t, s.log, s.catalog, incidentlogtest.YAML(t, strings.Replace(mappedSender, "item.id\n", "item.name\n", 1))...)
	s.commands.setDown(false)
	s.start()
	s.token = secret
	type unread struct {
		Source, Reason string
		Bytes          int
	}
	var list struct{ Signals []unread }
	for deadline := time.Now().Add(patience); len(list.Signals) == 0; <-time.After(10 * time.Millisecond) {
		status, answer := s.get("/signals")
		if err := json.Unmarshal([]byte(answer), &list); err != nil || status != http.StatusOK {
			t.Fatalf("answered %d %s", status, answer)
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is listed")
		}
	}
	if got := list.Signals[0]; got.Source != "json" || got.Bytes != len(body) || !strings.Contains(got.Reason, "fingerprint") {
		t.Errorf("listed %+v", got)
	}
}
