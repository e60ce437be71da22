package cli_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	incidentv1 "github.com/bridgelog/bridgelog/proto/gen/incident/v1"
)

// losing lets calls of a method through to the system and loses their answers, as
// a connection does that breaks in between; the first n of them, or all below 0.
func losing(method string, n int) grpc.UnaryClientInterceptor {
	return func(
		ctx context.Context, called string, request, reply any, conn *grpc.ClientConn, call grpc.UnaryInvoker, options ...grpc.CallOption,
	) error {
		err := call(ctx, called, request, reply, conn, options...)
		if called != method || n == 0 || err != nil {
			return err
		}
		n--
		return status.Error(codes.Unavailable, "the connection broke")
	}
}

// TestALostAnswerIsAskedForAgain does an act once although the first answer to it
// was lost.
func TestALostAnswerIsAskedForAgain(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.intercept = losing(incidentv1.CommandService_AddNote_FullMethodName, 1)
	if v := s.json("note", "1", "Once."); v["replayed"] != true || v["revision"] != 2.0 {
		t.Errorf("the note: %v", v)
	}
	if entries := s.json("timeline", "1")["entries"].([]any); len(entries) != 2 {
		t.Errorf("%d entries, want the declaration and one note", len(entries))
	}
}

// TestAnUnknownOutcomeNamesItsRequest ends with code 7, and doing as it says does
// the act once.
func TestAnUnknownOutcomeNamesItsRequest(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.ok("declare", "Slow")
	s.intercept = losing(incidentv1.CommandService_AddNote_FullMethodName, -1)
	r := s.run("note", "1", "Once.", "-o", "json")
	told, _ := s.decode(r.out)["error"].(map[string]any)
	request, _ := told["request_id"].(string)
	if r.code != 7 || told["code"] != "outcome_unknown" || request == "" || !strings.Contains(r.err, "--request-id "+request) {
		t.Fatalf("exit %d: %s%s", r.code, r.out, r.err)
	}
	s.intercept = nil
	if v := s.json("note", "1", "Once.", "--request-id", request); v["replayed"] != true {
		t.Errorf("repeated: %v", v)
	}
	if entries := s.json("timeline", "1")["entries"].([]any); len(entries) != 2 {
		t.Errorf("%d entries, want the declaration and one note", len(entries))
	}
}

// TestALostDeclarationIsKept keeps a declaration whose outcome is unknown and
// sends it again as it was: there is one incident.
func TestALostDeclarationIsKept(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	s.intercept = losing(incidentv1.CommandService_DeclareIncident_FullMethodName, -1)
	if r := s.run("declare", "Night"); r.code != 7 || !strings.Contains(r.err, "kept on disk") {
		t.Fatalf("exit %d: %s", r.code, r.err)
	}
	s.intercept = nil
	if r := s.ok("list"); strings.Count(r.out, "Night") != 1 || !strings.Contains(r.err, "INC-1 Night") {
		t.Errorf("list:\n%s%s", r.out, r.err)
	}
}

// TestAnImportGoesOnAfterALostAnswer counts what was stored although nobody heard
// of it as there already.
func TestAnImportGoesOnAfterALostAnswer(t *testing.T) {
	s := newShell(t).on(startWhole(t))
	dir := t.TempDir()
	for _, name := range []string{"a.jsonl", "readme.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(histories(20)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.intercept = losing(incidentv1.CommandService_ImportIncidents_FullMethodName, 1)
	v := s.json("import", "statuspage", dir)
	if v["existed"] != 20.0 || v["imported"] != 0.0 || v["per_second"].(float64) <= 0 {
		t.Errorf("import: %v", v)
	}
	if found := s.json("list", "--all")["incidents"].([]any); len(found) != 20 {
		t.Errorf("%d incidents", len(found))
	}
	s.fails(2, "holds no .json", "import", "statuspage", t.TempDir())
}
