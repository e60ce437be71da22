package door_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/bridgelog/bridgelog/pkg/heartbeat"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/services/intake/internal/beats"
	"github.com/bridgelog/bridgelog/services/intake/internal/door"
	"github.com/bridgelog/bridgelog/services/intake/internal/signals/memory"
)

// kept are heartbeats as the write side keeps them.
type kept struct {
	door.Heartbeats

	specs  map[string]*catalogv1.HeartbeatSpec
	caller *signalv1.HeartbeatCaller
	err    error
}

func (k *kept) One(_ context.Context, name string) (beats.Status, error) {
	spec, ok := k.specs[name]
	if !ok {
		return beats.Status{}, beats.ErrUnknown
	}
	return beats.Status{Name: name, Description: spec.GetDescription(), State: heartbeat.Waiting, Expected: heartbeat.Expected{
		Interval: spec.GetInterval().AsDuration(), Disabled: spec.GetDisabled(),
	}}, nil
}

func (k *kept) Create(ctx context.Context, by *signalv1.HeartbeatCaller, name string, spec *catalogv1.HeartbeatSpec) (beats.Status, error) {
	if k.err != nil {
		return beats.Status{}, k.err
	}
	k.caller, k.specs[name] = by, spec
	return k.One(ctx, name)
}

func (k *kept) Update(ctx context.Context, c *beats.Changes) (beats.Status, error) {
	spec, ok := k.specs[c.GetName()]
	if k.err != nil || !ok {
		return beats.Status{}, k.err
	}
	k.caller = c.GetCaller()
	if c.GetInterval() != nil {
		spec.Interval = c.GetInterval()
	}
	if c.Description != nil {
		spec.Description = c.GetDescription()
	}
	if c.Disabled != nil {
		spec.Disabled = c.GetDisabled()
	}
	return k.One(ctx, c.GetName())
}

func (k *kept) Delete(_ context.Context, by *signalv1.HeartbeatCaller, name string) error {
	if k.err == nil {
		k.caller = by
		delete(k.specs, name)
	}
	return k.err
}

// TestOpsgeniesHeartbeats goes through the whole life of a heartbeat, in the form that the
// published description of the API gives.
func TestOpsgeniesHeartbeats(t *testing.T) {
	all := &kept{specs: map[string]*catalogv1.HeartbeatSpec{}}
	do := func(method, path, body string, want int) map[string]any {
		t.Helper()
		w := serve(t, &memory.Store{}, func(o *door.Options) { o.Heartbeats, o.Senders = all, opsgenieSenders }, genie(method, path, "GenieKey good", body))
		var answer struct {
			Data      map[string]any `json:"data"`
			Took      *float64       `json:"took"`
			RequestID string         `json:"requestId"`
			Result    string         `json:"result"`
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != want || answer.Took == nil || answer.RequestID == "" {
			t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
		}
		if answer.Result != "" {
			return map[string]any{"result": answer.Result}
		}
		return answer.Data
	}
	fields := func(got map[string]any, want string) {
		t.Helper()
		if text := fmt.Sprint(got); text != want {
			t.Errorf("got  %s\nwant %s", text, want)
		}
	}
	fields(do("POST", "/v2/heartbeats", `{"name":"nightly","description":"The export","interval":10,"intervalUnit":"minutes","enabled":true,
		"ownerTeam":{"name":"pay","id":"1"},"alertMessage":"No export","alertTags":["db","prod"],"alertPriority":"P2","later":1}`, http.StatusCreated),
		"map[description:The export enabled:true expired:false interval:10 intervalUnit:minutes name:nightly]")
	spec := all.specs["nightly"]
	if spec.GetMessage() != "No export" || spec.GetLabels()["priority"] != "P2" || spec.GetLabels()["tags"] != "db,prod" || spec.GetLabels()["team"] != "pay" || all.caller.GetSender() != "" || all.caller.GetToken() != "good-token" {
		t.Errorf("made %v by %v", spec, all.caller)
	}
	const meta = "map[enabled:%v expired:false name:nightly]"
	fields(do("PATCH", "/v2/heartbeats/nightly", `{"intervalUnit":"hours"}`, http.StatusOK), fmt.Sprintf(meta, true))
	if got := spec.GetInterval().AsDuration(); got != 10*time.Hour {
		t.Errorf("10 minutes in hours: %v", got)
	}
	fields(do("PATCH", "/v2/heartbeats/nightly", `{"interval":3,"description":""}`, http.StatusOK), fmt.Sprintf(meta, true))
	if got := spec.GetInterval().AsDuration(); got != 3*time.Hour || spec.GetDescription() != "" {
		t.Errorf("three of them: %v", spec)
	}
	fields(do("POST", "/v2/heartbeats/nightly/disable", "", http.StatusOK), fmt.Sprintf(meta, false))
	fields(do("POST", "/hooks/opsgenie/manager/v2/heartbeats/nightly/enable", "", http.StatusOK), fmt.Sprintf(meta, true))
	if all.caller.GetSender() != "manager-id" {
		t.Errorf("called by %v", all.caller)
	}
	fields(do("GET", "/v2/heartbeats/nightly", "", http.StatusOK), "map[description: enabled:true expired:false interval:3 intervalUnit:hours name:nightly]")
	fields(do("DELETE", "/v2/heartbeats/nightly", "", http.StatusOK), "map[result:Deleted]")
	do("GET", "/v2/heartbeats/nightly", "", http.StatusNotFound)
}

func days(n int) *durationpb.Duration { return durationpb.New(time.Duration(n) * 24 * time.Hour) }

// opsgenieSenders is one sender of the door, which shows a token.
func opsgenieSenders(_, name string) (*door.Sender, error) {
	if name == "manager" {
		return &door.Sender{ID: "manager-id"}, nil
	}
	return nil, nil
}

func TestHeartbeatsThatAreRefused(t *testing.T) {
	const nightly = `{"name":"nightly","interval":1,"intervalUnit":"hours"}`
	for name, c := range map[string]struct {
		method, path, body string
		err                error
		want               int
		says               string
	}{
		"no name":            {"POST", "", `{"interval":1,"intervalUnit":"hours"}`, nil, 422, "name, interval and intervalUnit"},
		"no unit":            {"POST", "", `{"name":"a","interval":1}`, nil, 422, "name, interval and intervalUnit"},
		"weeks":              {"POST", "", `{"name":"a","interval":1,"intervalUnit":"weeks"}`, nil, 422, "minutes, hours or days"},
		"never":              {"POST", "", `{"name":"a","interval":0,"intervalUnit":"hours"}`, nil, 422, "at least 1"},
		"once in a life":     {"POST", "", `{"name":"a","interval":9223372036854775807,"intervalUnit":"days"}`, nil, 422, "366 days"},
		"urgent":             {"POST", "", `{"name":"a","interval":1,"intervalUnit":"hours","alertPriority":"P9"}`, nil, 422, "alertPriority"},
		"no JSON":            {"POST", "", `nightly`, nil, 400, "JSON"},
		"a long one":         {"POST", "", `{"name":"` + strings.Repeat("x", 70<<10) + `"}`, nil, 413, "too large"},
		"no right":           {"POST", "", nightly, status.Error(codes.PermissionDenied, "set manages_heartbeats: true"), 403, "manages_heartbeats"},
		"not well":           {"POST", "", nightly, status.Error(codes.InvalidArgument, "name has to be a word"), 422, "a word"},
		"taken":              {"POST", "", nightly, status.Error(codes.AlreadyExists, "there is one"), 422, "there is one"},
		"the log is away":    {"POST", "", nightly, status.Error(codes.Unavailable, "secret"), 503, "ask again"},
		"none to change":     {"PATCH", "/hourly", `{"interval":1}`, nil, 404, "no such heartbeat"},
		"too much of it":     {"PATCH", "/nightly", `{"interval":400}`, nil, 422, "366 days"},
		"none to delete":     {"DELETE", "/hourly", ``, status.Error(codes.NotFound, "there is no heartbeat hourly"), 404, "no heartbeat hourly"},
		"none to switch":     {"POST", "/hourly/disable", ``, status.Error(codes.NotFound, "there is no heartbeat hourly"), 404, "no heartbeat hourly"},
		"kept in a file":     {"DELETE", "/nightly", ``, status.Error(codes.PermissionDenied, "it is applied from a file"), 403, "from a file"},
		"enabled by reading": {"GET", "/nightly/enable", ``, nil, 405, ""},
	} {
		all := &kept{err: c.err, specs: map[string]*catalogv1.HeartbeatSpec{"nightly": {Interval: days(1)}}}
		w := serve(t, &memory.Store{}, func(o *door.Options) { o.Heartbeats = all }, genie(c.method, "/v2/heartbeats"+c.path, "GenieKey good", c.body))
		if w.Code != c.want || !strings.Contains(w.Body.String(), c.says) || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: %d %s, want %d with %q", name, w.Code, w.Body, c.want, c.says)
		}
	}
}
