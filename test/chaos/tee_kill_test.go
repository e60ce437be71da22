package chaos_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	"github.com/bridgelog/bridgelog/test/system"
)

// teePrefix begins the point between forwarding an alert and knowing it.
const teePrefix = "tee."

// otherTool takes events as PagerDuty does, and keeps them as "action key".
type otherTool struct {
	mu     sync.Mutex
	told   []string
	bodies []string
}

func (o *otherTool) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var event struct {
		Action string `json:"event_action"`
		Key    string `json:"dedup_key"`
	}
	_ = json.Unmarshal(body, &event)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, event.Action+" "+event.Key)
	o.bodies = append(o.bodies, string(body))
	w.WriteHeader(http.StatusAccepted)
}

// all is what was told, each run of the same thing once.
func (o *otherTool) all() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.Join(slices.Compact(slices.Clone(o.told)), ", ")
}

// TestForwardingIsKilled kills the whole process with SIGKILL right after another tool
// accepted an alert. Afterwards the alert was triggered and resolved there in this order,
// under one key however often, and the alert says so.
func TestForwardingIsKilled(t *testing.T) {
	t.Parallel()
	s, to := forwarding(t)
	accepted(t, s, payload(t, "g", tell("Forwarded", "f", true)))
	restart(t, s)
	eventually(t, "the trigger", func() bool { return strings.HasPrefix(to.all(), "trigger ") })
	for !accepted(t, s, payload(t, "g", tell("Forwarded", "f", true), tell("Forwarded", "f", false))) {
		t.Fatal("the process died again")
	}
	view := alertsView(t, s.Endpoints.GRPC, s.Endpoints.Token)
	id := awaitAlerts(t, view, &signalv1.ListAlertsRequest{Labels: map[string]string{"alertname": "Forwarded"}}, 1)[0].GetId()
	eventually(t, "the end", func() bool { return to.all() == "trigger "+id+", resolve "+id })
	// Whether the trigger is sent again depends on whether the end came before.
	eventually(t, "the end is said on the alert", func() bool {
		r, err := view.GetAlert(within(t), &signalv1.GetAlertRequest{Alert: id})
		notes := r.GetAlert().GetNotes()
		return err == nil && len(notes) > 0 && strings.Contains(notes[len(notes)-1].GetText(), "pd: the resolve was forwarded and accepted.")
	})
}

// TestPassingOnIsKilled kills the process right after the tool accepted the sender's own
// event. Whatever is sent again is that event, byte for byte but for the key, and the end,
// which comes after the restart, has the sender's key too.
func TestPassingOnIsKilled(t *testing.T) {
	t.Parallel()
	s, to := forwarding(t)
	const trigger = `{ "routing_key":"KEY", "event_action":"trigger","dedup_key":"disk","payload":{"summary":"Disk","source":"db","severity":"error"},"images":[{"src":"https://i.example/a.png"}],"unknown":1.50 }`
	const resolve = `{"event_action":"resolve", "dedup_key":"disk","routing_key":"KEY"}`
	died := false
	send := func(event string) {
		eventually(t, "the event is accepted", func() bool {
			r, err := http.NewRequestWithContext(within(t), http.MethodPost, s.Endpoints.Intake+"/v2/enqueue",
				strings.NewReader(strings.Replace(event, "KEY", s.Endpoints.Token, 1)))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultClient.Do(r)
			if err != nil {
				died = restart(t, s)
				return false
			}
			return answer.Body.Close() == nil && answer.StatusCode == http.StatusAccepted
		})
	}
	send(trigger)
	eventually(t, "the trigger", func() bool { return to.all() == "trigger disk" })
	if !died {
		restart(t, s)
	}
	send(resolve)
	eventually(t, "the end", func() bool { return to.all() == "trigger disk, resolve disk" })
	to.mu.Lock()
	defer to.mu.Unlock()
	for _, body := range to.bodies {
		if body != strings.Replace(trigger, "KEY", "THE-KEY", 1) && body != strings.Replace(resolve, "KEY", "THE-KEY", 1) {
			t.Errorf("the tool got %s", body)
		}
	}
}

// forwarding is a system that forwards every alert, and dies once, right after the tool
// accepted one.
func forwarding(t *testing.T) (*system.System, *otherTool) {
	t.Helper()
	to := &otherTool{}
	server := httptest.NewServer(to)
	t.Cleanup(server.Close)
	s := system.Up(t, system.Options{})
	key := filepath.Join(t.TempDir(), "key")
	file := filepath.Join(t.TempDir(), "tee.yaml")
	for path, content := range map[string]string{key: "THE-KEY", file: fmt.Sprintf(`
{kind: integration, name: pd, spec: {type: pagerduty, url: %q, secrets: {routing_key: "file:%s"}}}
---
{kind: route, name: all, spec: {action: list, tee: [pd]}}
`, server.URL, key)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Do(t, "apply", "-f", file)
	s.Stop(t)
	s.Env("BRIDGELOG_FAILPOINTS=" + teePrefix + "after_forward=kill")
	s.Start(t)
	return s, to
}
