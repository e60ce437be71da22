package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/view"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

var now = time.Date(2026, 3, 1, 4, 0, 0, 0, time.UTC)

func testApp() *app {
	return &app{Deps: Deps{
		Now: func() time.Time { return now }, Zone: time.UTC, Getenv: func(string) string { return "" }, Err: &bytes.Buffer{},
	}}
}

// plain renders blocks as a terminal without colours shows them.
func plain(t *testing.T, blocks []output.Block) string {
	t.Helper()
	var b bytes.Buffer
	if err := (output.Printer{Out: &b}).Print(output.Document{Blocks: blocks}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestIncidentNames(t *testing.T) {
	for name, want := range map[string]string{
		"41": "INC-41", "inc-41": "INC-41", "INC41": "INC-41", "Inc-7": "INC-7", "007": "INC-7", "INC-0041": "INC-41", " INC-1\n": "INC-1",
		"abcdefghijklmnopqrstuvwxyz": "abcdefghijklmnopqrstuvwxyz", "a234567bcdefghijklmnopqrst": "a234567bcdefghijklmnopqrst",
	} {
		if !incidentName(name) || canonical(name) != want {
			t.Errorf("%q: named %t, canonical %q, want %q", name, incidentName(name), canonical(name), want)
		}
	}
	for _, name := range []string{"", "0", "-1", "INC-", "INC-0", "41a", "checkout", "1.5", strings.Repeat("9", 30), "SEV-1", "abc"} {
		if incidentName(name) {
			t.Errorf("%q names an incident", name)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"declare", "delete", "list", "role", "timeline", "token", "use", "up"}
	for typed, want := range map[string]string{"declar": "declare", "timelin": "timeline", "lsit": "list", "tok": "token", "xyz": "", "nope": "", "upp": "up", "olist": "list", "": ""} {
		got := nearest(typed, words)
		if want == "" && len(got) > 0 || want != "" && (len(got) == 0 || got[0] != want) {
			t.Errorf("%q: %v, want %q first", typed, got, want)
		}
	}
}

func TestWantsJSON(t *testing.T) {
	for args, want := range map[string]bool{
		"list -o json": true, "-ojson list": true, "--output=json x": true, "list -o yaml": false, "note 1 -- -o json": false, "list -o": false,
	} {
		if got := wantsJSON(strings.Fields(args)); got != want {
			t.Errorf("%s: %t", args, got)
		}
	}
}

func TestCallsAreBounded(t *testing.T) {
	small := &incidentv1.ImportedIncident{Declare: &incidentv1.DeclareIncidentRequest{Title: "x"}}
	big := &incidentv1.ImportedIncident{Declare: &incidentv1.DeclareIncidentRequest{Summary: strings.Repeat("x", maxCallBytes/2)}}
	histories := slices.Repeat([]*incidentv1.ImportedIncident{small}, 450)
	histories = append(histories, big, big, big)
	total := 0
	for _, call := range callsOf(histories) {
		bytes := 0
		for _, h := range call {
			bytes += proto.Size(h)
		}
		if len(call) == 0 || len(call) > maxHistories || bytes > maxCallBytes && len(call) > 1 {
			t.Errorf("a call of %d histories and %d bytes", len(call), bytes)
		}
		total += len(call)
	}
	if total != len(histories) {
		t.Errorf("%d of %d histories are sent", total, len(histories))
	}
}

func TestJoinKeepsTheRichest(t *testing.T) {
	history := func(id string, steps int) *incidentv1.ImportedIncident {
		return &incidentv1.ImportedIncident{
			Declare: &incidentv1.DeclareIncidentRequest{External: &incidentv1.ExternalReference{System: "s", Id: id}},
			Steps:   make([]*incidentv1.ImportStep, steps),
		}
	}
	var all importer.Batch
	at := map[string]int{}
	for _, h := range []*incidentv1.ImportedIncident{history("a", 2), history("b", 1), history("a", 3), history("a", 1)} {
		join(&all, at, h)
	}
	if len(all.Histories) != 2 || len(all.Histories[0].GetSteps()) != 3 {
		t.Errorf("joined to %v", all.Histories)
	}
}

func TestHTMLCannotRun(t *testing.T) {
	got, err := htmlOf("# Title\n\n<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n| a |\n|---|\n| b |\n")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "javascript:", "onerror"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q came through:\n%s", bad, got)
		}
	}
	if !strings.Contains(got, "<h1") || !strings.Contains(got, "<table>") {
		t.Errorf("not rendered:\n%s", got)
	}
}

func TestEntryBlocks(t *testing.T) {
	entry := &timelinev1.Entry{
		Revision: 3, OccurredTime: timestamppb.New(now.Add(-2 * time.Hour)), RecordedTime: timestamppb.New(now.Add(-time.Hour)),
		ActorName: "Ada", Headline: "Note", Label: "hypothesis", Text: "The pool\nis full.", Pinned: true, Edited: true, IncidentNumber: 41,
	}
	want := "#3 02:00:00 INC-41 Ada Note [hypothesis] [pinned] [edited] (written down 1h00m later)\n    The pool\n    is full.\n"
	if got := plain(t, testApp().entryBlocks(entry, look{named: true})); got != want {
		t.Errorf("\n%swant\n%s", got, want)
	}
	entry.Author = "deployer"
	if got := plain(t, testApp().entryBlocks(entry, look{})); !strings.Contains(got, " deployer Note") || strings.Contains(got, "INC-41") {
		t.Errorf("with an author: %s", got)
	}
}

func TestMarks(t *testing.T) {
	s := &session{Conn: &client.Conn{Target: client.Target{Name: "prod", Demo: true}}}
	got := plain(t, []output.Block{output.Line(testApp().marks(s, &view.Incident{Drill: true, Private: true}))})
	if got != "[DRILL] [private] [DEMO] on prod\n" {
		t.Errorf("marks %q", got)
	}
	s.Target = client.Target{Name: "this machine", Obvious: true}
	if marks := testApp().marks(s, &view.Incident{}); len(marks) != 0 {
		t.Errorf("nothing to mark: %v", marks)
	}
}

func TestShowBlocks(t *testing.T) {
	s := &session{Conn: &client.Conn{Target: client.Target{Name: "this machine", Obvious: true}}}
	in := view.OfIncident(&timelinev1.Incident{
		Number: 41, Title: "Checkout returns 502", Severity: incidentv1.Severity_SEVERITY_SEV1, Status: incidentv1.Status_STATUS_MONITORING,
		DeclaredByName: "Ada", DeclaredTime: timestamppb.New(now.Add(-time.Hour)), Services: []string{"checkout"},
		Roles:  []*timelinev1.RoleHolder{{Role: incidentv1.Role_ROLE_COMMANDER, Person: "p1", PersonName: "Ada"}},
		Impact: []*incidentv1.ComponentImpact{{Component: "api", Status: incidentv1.ComponentStatus_COMPONENT_STATUS_MAJOR_OUTAGE}},
		PublicUpdates: []*timelinev1.PublicUpdate{{
			Id: "u1", Status: incidentv1.Status_STATUS_IDENTIFIED, Message: "We know why.", PublishedTime: timestamppb.New(now), Retracted: true,
		}},
	})
	got := plain(t, testApp().showBlocks(s, in))
	for _, want := range []string{
		"INC-41 SEV-1 monitoring Checkout returns 502", "declared             03:00:00 (1h00m ago) by Ada",
		"commander            Ada", "scribe               nobody", "api        major outage", "u1 04:00:00 (just now) identified [retracted]", "    We know why.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// noReader may read no alerts, and nothing of the catalog.
type noReader struct {
	signalv1.AlertViewServiceClient
	catalogv1.CatalogServiceClient
	alerts error
}

func (r noReader) GetAlert(_ context.Context, in *signalv1.GetAlertRequest, _ ...grpc.CallOption) (*signalv1.GetAlertResponse, error) {
	return &signalv1.GetAlertResponse{Alert: &signalv1.Alert{Id: in.GetAlert()}}, r.alerts
}

func (noReader) ListResources(context.Context, *catalogv1.ListResourcesRequest, ...grpc.CallOption) (*catalogv1.ListResourcesResponse, error) {
	return nil, status.Error(codes.PermissionDenied, "not for you")
}

// TestRunbooksAreLeftOut where somebody may not read what they are found from.
func TestRunbooksAreLeftOut(t *testing.T) {
	for name, denied := range map[string]noReader{
		"the alerts": {alerts: status.Error(codes.PermissionDenied, "not for you")}, "the catalog": {},
	} {
		s := &session{Conn: &client.Conn{Alerts: denied, Catalog: denied}}
		if found := testApp().runbooksOf(t.Context(), s, []view.Alert{{ID: "a"}}); found != nil {
			t.Errorf("without %s: %v", name, found)
		}
	}
}

// in finds the moment of flags that name no entry.
func in(t *testing.T, flags *travel) (*timelinev1.TimeTravel, error) {
	t.Helper()
	moment, err := flags.read(testApp())
	if err != nil {
		return nil, err
	}
	return moment.in(t.Context(), testApp(), nil, "INC-1")
}

func TestTravel(t *testing.T) {
	a := testApp()
	at, err := in(t, &travel{known: "-10m"})
	if err != nil || !at.GetKnownAt().AsTime().Equal(now.Add(-10*time.Minute)) {
		t.Errorf("%v, %v", at, err)
	}
	if got := plain(t, a.banner(at)); got != "as known at 03:50:00 (10m ago)\n" {
		t.Errorf("banner %q", got)
	}
	if at, err = in(t, &travel{happened: "03:12"}); err != nil || at.GetHappenedAt() == nil {
		t.Errorf("%v, %v", at, err)
	}
	if _, err = in(t, &travel{known: "2999-01-01"}); err == nil {
		t.Error("the future was accepted")
	}
	if at, err = in(t, &travel{}); at != nil || err != nil {
		t.Errorf("the present is %v, %v", at, err)
	}
	since, until, err := (&bounds{since: "1h", until: "now"}).read(a)
	if err != nil || !until.AsTime().Equal(now) || !since.AsTime().Equal(now.Add(-time.Hour)) {
		t.Errorf("%v to %v, %v", since, until, err)
	}
}

func TestWhatIsStillUsedIsSaidFromItsSide(t *testing.T) {
	t.Parallel()
	said := "service/pay: spec.components[0]: there is no component \"api\": add it, or correct the name"
	f := stillUsed(&fault.Fault{Code: fault.Usage, Message: said}, "component", "api")
	if f.Code != fault.Refused || !strings.Contains(f.Message, "component/api is still used by service/pay") {
		t.Errorf("exit %d: %s", f.Code, f.Message)
	}
	if f = stillUsed(&fault.Fault{Code: fault.NotFound, Message: "there is no component \"api\""}, "component", "api"); f.Code != fault.NotFound {
		t.Errorf("another error became %d: %s", f.Code, f.Message)
	}
}

func TestAnImportTellsOnlyWhatHappened(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]view.ImportReport{
		"":                                {Imported: 3},
		", 2 there already":               {Existed: 2},
		", 2 there already (1 with news)": {Existed: 2, Grown: 1},
	} {
		if got := already(r); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
	if count(1, "chain") != "1 chain" || count(uint64(0), "event") != "0 events" {
		t.Error("nouns")
	}
}
