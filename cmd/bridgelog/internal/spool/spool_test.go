package spool_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/spool"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// answers is a client whose declarations end as the test says, by request id.
type answers struct {
	incidentv1.CommandServiceClient

	errs map[string]error
	got  []string
}

func (a *answers) DeclareIncident(_ context.Context, in *incidentv1.DeclareIncidentRequest, _ ...grpc.CallOption) (*incidentv1.DeclareIncidentResponse, error) {
	a.got = append(a.got, in.GetRequestId()+" "+in.GetTitle())
	if err := a.errs[in.GetRequestId()]; err != nil {
		return nil, err
	}
	return &incidentv1.DeclareIncidentResponse{Result: &incidentv1.WriteResult{Number: 7, RequestId: in.GetRequestId()}}, nil
}

func keep(t *testing.T, s spool.Spool, key, id, title string, at time.Time) {
	t.Helper()
	err := s.Keep(client.Target{Key: key}, &incidentv1.DeclareIncidentRequest{RequestId: id, Title: title}, at)
	if err != nil {
		t.Fatal(err)
	}
}

func TestSend(t *testing.T) {
	dirs := client.Dirs{State: t.TempDir()}
	s, now := spool.Open(dirs), time.Date(2026, 3, 1, 3, 12, 0, 0, time.UTC)
	here := client.Target{Key: "local:/data"}
	if kept, err := s.List(here); err != nil || len(kept) != 0 {
		t.Fatalf("nothing kept: %v, %v", kept, err)
	}
	keep(t, s, here.Key, "second", "Two", now.Add(time.Minute))
	keep(t, s, here.Key, "../first/..", "One", now)
	keep(t, s, "context:prod", "other", "Elsewhere", now)
	keep(t, s, here.Key, "third", "Three", now.Add(2*time.Minute))

	keep(t, s, here.Key, "third", "Three again", now.Add(3*time.Minute))

	a := &answers{errs: map[string]error{
		"../first/..": status.Error(codes.InvalidArgument, "title is too long"),
		"third":       status.Error(codes.Unavailable, "gone"),
	}}
	var told []spool.Sent
	err := s.Send(t.Context(), here, a, func(sent spool.Sent) { told = append(told, sent) })
	if status.Code(err) != codes.Unavailable {
		t.Errorf("send: %v, want the reason why the third was not sent", err)
	}
	if len(told) != 2 || told[0].Err == nil || told[1].Result.GetNumber() != 7 || told[1].Kept.Request.GetTitle() != "Two" {
		t.Errorf("told %+v", told)
	}
	kept, err := s.List(here)
	if err != nil || len(kept) != 1 || kept[0].Request.GetRequestId() != "third" || !kept[0].KeptTime.Equal(now.Add(2*time.Minute)) {
		t.Errorf("left %+v, %v", kept, err)
	}
	aside, err := filepath.Glob(filepath.Join(dirs.State, "spool", "*.refused"))
	if err != nil || len(aside) != 1 {
		t.Errorf("put aside: %v, %v", aside, err)
	}
	a.errs = nil
	if err := s.Send(t.Context(), here, a, func(spool.Sent) {}); err != nil || a.got[len(a.got)-1] != "third Three" {
		t.Errorf("second round: %v, %v", err, a.got)
	}
	if kept, _ := s.List(client.Target{Key: "context:prod"}); len(kept) != 1 {
		t.Errorf("another system's declaration: %v", kept)
	}
}

func TestBrokenFileDoesNotStopTheOthers(t *testing.T) {
	dirs := client.Dirs{State: t.TempDir()}
	s, here := spool.Open(dirs), client.Target{Key: "k"}
	keep(t, s, "k", "good", "Good", time.Now())
	if err := os.WriteFile(filepath.Join(dirs.State, "spool", "0.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	kept, err := s.List(here)
	if err == nil || len(kept) != 1 {
		t.Errorf("list: %v, %v; want the good one and an error", kept, err)
	}
	sent := 0
	if err := s.Send(t.Context(), here, &answers{}, func(spool.Sent) { sent++ }); err == nil || sent != 1 {
		t.Errorf("sent %d, %v", sent, err)
	}
}

func TestContacts(t *testing.T) {
	dirs := client.Dirs{State: t.TempDir()}
	prod, lab := client.Target{Key: "context:prod"}, client.Target{Key: "context:lab"}
	want := spool.Contacts{AsOf: time.Now().UTC().Round(0), People: []spool.Contact{{Name: "Ada", Email: "ada@example.com"}}}
	if err := spool.SaveContacts(dirs, prod, want); err != nil {
		t.Fatal(err)
	}
	got, err := spool.LoadContacts(dirs, prod)
	if err != nil || !got.AsOf.Equal(want.AsOf) || got.People[0] != want.People[0] {
		t.Errorf("%+v, %v", got, err)
	}
	if none, err := spool.LoadContacts(dirs, lab); err != nil || len(none.People) != 0 {
		t.Errorf("another system: %+v, %v", none, err)
	}
}
