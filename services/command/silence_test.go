package command_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/pkg/rpc"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

func in(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(time.Now().Add(d)) }

// withServices has two services in its catalog, from files.
func withServices(t *testing.T) *node {
	t.Helper()
	n := newWorld(t).start()
	n.as("mia").apply(t, "{kind: Service, name: checkout, spec: {display_name: The Checkout}}\n---\n{kind: Service, name: db}\n")
	return n
}

func TestARespondersSilenceIsListedAndEnded(t *testing.T) {
	n := withServices(t)
	ada, ben := n.as("ada"), n.as("ben")
	request := &signalv1.CreateSilenceRequest{
		RequestId: "r1", Match: []string{"severity=warning", "host=~db-.*"}, Service: "the checkout", EndTime: in(time.Hour), Reason: "known",
	}
	made, err := ada.silences.CreateSilence(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	s := made.GetSilence()
	if s.GetState() != signalv1.SilenceState_SILENCE_STATE_ACTIVE || s.GetCreatedByName() != "ada" || s.GetServices()[0] != "checkout" ||
		s.GetManagedBy() != "product" || s.GetReason() != "known" || len(s.GetName()) != 8 || made.GetPosition() == "" {
		t.Errorf("made %v", made)
	}
	again, err := ada.silences.CreateSilence(t.Context(), request)
	if err != nil || again.GetSilence().GetName() != s.GetName() {
		t.Errorf("a repetition made %v, %v", again, err)
	}
	request.EndTime = in(time.Hour + time.Minute) // "for an hour", said a minute later
	again, err = ada.silences.CreateSilence(t.Context(), request)
	if err != nil || again.GetSilence().GetName() != s.GetName() || !again.GetSilence().GetEndTime().AsTime().Equal(s.GetEndTime().AsTime()) {
		t.Errorf("a repetition a minute later made %v, %v", again, err)
	}
	other, err := ben.silences.CreateSilence(t.Context(), request)
	if err != nil || other.GetSilence().GetName() == s.GetName() {
		t.Errorf("somebody else made %v, %v", other, err)
	}
	request.Reason = "another"
	if _, err := ada.silences.CreateSilence(t.Context(), request); status.Code(err) != codes.AlreadyExists {
		t.Errorf("a request id for something else: %v", err)
	}
	// Files do not prune it.
	_, err = n.as("mia").catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: resources(t, "{kind: Service, name: checkout}\n---\n{kind: Service, name: db}\n"), Prune: true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := n.as("viewer").silences.ListSilences(t.Context(), &signalv1.ListSilencesRequest{PageSize: 1})
	if err != nil || len(list.GetSilences()) != 1 || list.GetNextPageToken() == "" {
		t.Fatalf("listed %v, %v", list, err)
	}
	rest, err := n.as("viewer").silences.ListSilences(t.Context(), &signalv1.ListSilencesRequest{PageToken: list.GetNextPageToken()})
	if err != nil || len(rest.GetSilences()) != 1 || rest.GetSilences()[0].GetName() == list.GetSilences()[0].GetName() || rest.GetNextPageToken() != "" {
		t.Errorf("the rest %v, %v", rest, err)
	}
	end := &signalv1.EndSilenceRequest{Kind: "silence", Name: s.GetName()}
	for i := range 2 { // somebody else may end it
		ended, err := ben.silences.EndSilence(t.Context(), end)
		if err != nil || ended.GetSilence().GetState() != signalv1.SilenceState_SILENCE_STATE_ENDED || ended.GetUnchanged() != (i == 1) {
			t.Errorf("end %d: %v, %v", i, ended, err)
		}
	}
	versions, err := n.as("viewer").catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: "silence", Name: s.GetName()})
	if err != nil || len(versions.GetVersions()) != 2 || versions.GetVersions()[1].GetActorName() != "ben" {
		t.Errorf("its history: %v, %v", versions, err)
	}
	list, err = ada.silences.ListSilences(t.Context(), &signalv1.ListSilencesRequest{})
	all, err2 := ada.silences.ListSilences(t.Context(), &signalv1.ListSilencesRequest{IncludeEnded: true, Kind: "silence"})
	if err != nil || err2 != nil || len(list.GetSilences()) != 1 || len(all.GetSilences()) != 2 {
		t.Errorf("after its end: %v and %v", list, all)
	}
}

func TestMaintenanceIsPlannedAndCalledOff(t *testing.T) {
	n := withServices(t)
	ada := n.as("ada")
	made, err := ada.silences.CreateMaintenance(t.Context(), &signalv1.CreateMaintenanceRequest{
		Name: "upgrade", Services: []string{"db", "Checkout"}, BeginTime: in(time.Hour), EndTime: in(2 * time.Hour), Reason: "new disks",
	})
	if err != nil || made.GetMaintenance().GetState() != signalv1.SilenceState_SILENCE_STATE_PENDING || strings.Join(made.GetMaintenance().GetServices(), " ") != "db checkout" {
		t.Fatalf("planned %v, %v", made, err)
	}
	_, err = ada.silences.CreateMaintenance(t.Context(), &signalv1.CreateMaintenanceRequest{Name: "upgrade", Services: []string{"db"}, EndTime: in(time.Hour)})
	if status.Code(err) != codes.AlreadyExists {
		t.Errorf("the same name: %v", err)
	}
	ended, err := ada.silences.EndSilence(t.Context(), &signalv1.EndSilenceRequest{Kind: "maintenance", Name: "upgrade"})
	if s := ended.GetSilence(); err != nil || s.GetState() != signalv1.SilenceState_SILENCE_STATE_ENDED || !s.GetEndTime().AsTime().Equal(s.GetBeginTime().AsTime()) {
		t.Errorf("called off: %v, %v", ended, err)
	}
}

// TestASilenceEndsAsItWasSeen: who gives an etag ends nothing that somebody changed since.
func TestASilenceEndsAsItWasSeen(t *testing.T) {
	n := withServices(t)
	ada := n.as("ada")
	made, err := ada.silences.CreateSilence(t.Context(), &signalv1.CreateSilenceRequest{Name: "disks", Service: "db", EndTime: in(time.Hour)})
	if err != nil || made.GetSilence().GetEtag() == "" {
		t.Fatalf("made %v, %v", made, err)
	}
	n.as("mia").apply(t, "{kind: Silence, name: disks, spec: {service: db, reason: longer, begin_time: 2026-01-01T00:00:00Z, end_time: 2026-01-02T00:00:00Z}}\n"+
		"---\n{kind: Service, name: checkout}\n---\n{kind: Service, name: db}\n")
	end := &signalv1.EndSilenceRequest{Kind: "silence", Name: "disks", Etag: made.GetSilence().GetEtag(), RequestId: "e1"}
	if _, err := ada.silences.EndSilence(t.Context(), end); status.Code(err) != codes.Aborted || rpc.FailureOf(err).Reason != "stale_etag" {
		t.Errorf("ended as it was before: %v", err)
	}
	made, err = ada.silences.CreateSilence(t.Context(), &signalv1.CreateSilenceRequest{Name: "others", Service: "db", EndTime: in(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	end.Name, end.Etag, end.RequestId = "others", made.GetSilence().GetEtag(), "e2"
	for range 2 { // a repetition brings the etag of before
		ended, err := ada.silences.EndSilence(t.Context(), end)
		if err != nil || ended.GetSilence().GetState() != signalv1.SilenceState_SILENCE_STATE_ENDED {
			t.Errorf("ended %v, %v", ended, err)
		}
	}
}

func TestWhatIsNoSilenceIsRefused(t *testing.T) {
	n := withServices(t)
	ada := n.as("ada")
	for name, c := range map[string]struct {
		request *signalv1.CreateSilenceRequest
		says    string
	}{
		"everything":    {&signalv1.CreateSilenceRequest{EndTime: in(time.Hour)}, "would silence all alerts"},
		"all of a door": {&signalv1.CreateSilenceRequest{Source: "grafana", Match: []string{"a=~.*"}, EndTime: in(time.Hour)}, "would silence all alerts"},
		"no end":        {&signalv1.CreateSilenceRequest{Match: []string{"a=b"}}, "end_time"},
		"in the past":   {&signalv1.CreateSilenceRequest{Match: []string{"a=b"}, EndTime: in(-time.Hour), RequestId: "r"}, "its end has passed"},
		"end first":     {&signalv1.CreateSilenceRequest{Match: []string{"a=b"}, BeginTime: in(2 * time.Hour), EndTime: in(time.Hour)}, "ends before it begins"},
		"for ever":      {&signalv1.CreateSilenceRequest{Match: []string{"a=b"}, EndTime: in(91 * 24 * time.Hour)}, "longer than 90 days"},
		"no matcher":    {&signalv1.CreateSilenceRequest{Match: []string{"a=b", "c"}, EndTime: in(time.Hour)}, "is no condition"},
		"no expression": {&signalv1.CreateSilenceRequest{Match: []string{"a=~("}, EndTime: in(time.Hour)}, "no regular expression"},
		"no service":    {&signalv1.CreateSilenceRequest{Service: "chekcout", EndTime: in(time.Hour)}, `did you mean "checkout"?`},
		"no alert":      {&signalv1.CreateSilenceRequest{AlertId: strings.Repeat("f", 32), EndTime: in(time.Hour)}, "no such alert"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ada.silences.CreateSilence(t.Context(), c.request)
			f := rpc.FailureOf(err)
			if f.Code != "invalid_argument" && f.Code != "not_found" || !strings.Contains(f.Message+f.Field, c.says) {
				t.Errorf("got %+v, want %q", f, c.says)
			}
		})
	}
	_, err := ada.silences.EndSilence(t.Context(), &signalv1.EndSilenceRequest{Kind: "maintenance", Name: "none"})
	if status.Code(err) != codes.NotFound {
		t.Errorf("the end of nothing: %v", err)
	}
	if _, err := ada.silences.ListSilences(t.Context(), &signalv1.ListSilencesRequest{PageToken: "x"}); status.Code(err) != codes.InvalidArgument {
		t.Errorf("another token: %v", err)
	}
}

// TestASilenceOfAnAlertIsOfItsKey: of each of its episodes, and only where the caller may
// see it.
func TestASilenceOfAnAlertIsOfItsKey(t *testing.T) {
	n := withServices(t)
	// What becomes of alerts is for our own services to write.
	if _, err := n.as("ada").alerts.RecordAlertFired(t.Context(), &signalv1.RecordAlertFiredRequest{Source: "grafana", Fingerprint: "f1", StartsAtUs: 1, Title: "x"}); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a responder wrote that an alert fired: %v", err)
	}
	fired, err := n.as("services").alerts.RecordAlertFired(t.Context(), &signalv1.RecordAlertFiredRequest{Source: "grafana", Fingerprint: "f1", StartsAtUs: 1, Title: "x"})
	if err != nil {
		t.Fatal(err)
	}
	made, err := n.as("ada").silences.CreateSilence(t.Context(), &signalv1.CreateSilenceRequest{AlertId: fired.GetAlertId(), EndTime: in(time.Hour)})
	if s := made.GetSilence(); err != nil || s.GetSource() != "grafana" || s.GetFingerprint() != "f1" {
		t.Errorf("made %v, %v", made, err)
	}
}

// TestWhatWasOverLongAgoIsDeleted when another one is made; its history stays.
func TestWhatWasOverLongAgoIsDeleted(t *testing.T) {
	w := newWorld(t)
	n := w.start()
	ada := n.as("ada")
	n.as("mia").apply(t, "{kind: Service, name: db}\n")
	old := &catalogv1.Resource{Kind: "silence", Name: "old", Spec: &catalogv1.Spec{Kind: &catalogv1.Spec_Silence{Silence: &catalogv1.SilenceSpec{
		Service: "db", BeginTime: in(-100 * 24 * time.Hour), EndTime: in(-91 * 24 * time.Hour),
	}}}}
	if _, err := n.as("mia").catalog.Apply(t.Context(), &catalogv1.ApplyRequest{Resources: []*catalogv1.Resource{old}, ManagedBy: "product"}); err != nil {
		t.Fatal(err)
	}
	if _, err := ada.silences.CreateSilence(t.Context(), &signalv1.CreateSilenceRequest{Service: "db", EndTime: in(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	all, err := ada.silences.ListSilences(t.Context(), &signalv1.ListSilencesRequest{IncludeEnded: true})
	if err != nil || len(all.GetSilences()) != 1 || all.GetSilences()[0].GetName() == "old" {
		t.Errorf("listed %v, %v", all, err)
	}
	versions, err := ada.catalog.ListResourceVersions(t.Context(), &catalogv1.ListResourceVersionsRequest{Kind: "silence", Name: "old"})
	if err != nil || len(versions.GetVersions()) != 2 {
		t.Errorf("its history: %v, %v", versions, err)
	}
}
