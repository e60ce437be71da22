package source_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bridgelog/bridgelog/services/intake/internal/source"
)

// group is a body of so many alerts.
func group(version string, n int) []byte {
	alerts := make([]string, n)
	for i := range alerts {
		alerts[i] = fmt.Sprintf(`{"status":"firing","startsAt":"2026-01-01T00:00:00Z","fingerprint":"f%d","labels":{"alertname":"A <%d>"}}`, i, i)
	}
	return fmt.Appendf(nil, `{"version":%q, "groupKey":"{}:{a=\"b\"}", "orgId":1, "alerts":[ %s ]}`, version, strings.Join(alerts, ",\n "))
}

// What a divided group says is what the whole says, in its order.
func TestADividedGroupSaysTheSame(t *testing.T) {
	for _, from := range []source.Divisible{source.Alertmanager{}, source.Grafana{}} {
		version := map[string]string{"alertmanager": "4", "grafana": "1"}[from.Name()]
		body := group(version, 1000)
		whole, err := from.Parse(source.Signal{Body: body})
		if err != nil {
			t.Fatal(err)
		}
		const most = 4096
		n := 0
		for i, part := range from.Divide(body, most) {
			if len(part) > most {
				t.Errorf("%s: part %d has %d bytes", from.Name(), i, len(part))
			}
			b, err := from.Parse(source.Signal{Body: part})
			if err != nil {
				t.Fatalf("%s: part %d: %v", from.Name(), i, err)
			}
			if b.GroupKey != whole.GroupKey {
				t.Errorf("%s: part %d is of the group %q, want %q", from.Name(), i, b.GroupKey, whole.GroupKey)
			}
			for _, a := range b.Alerts {
				if n == len(whole.Alerts) || fmt.Sprint(a) != fmt.Sprint(whole.Alerts[n]) {
					t.Fatalf("%s: alert %d is %v", from.Name(), n, a)
				}
				n++
			}
		}
		if n != len(whole.Alerts) {
			t.Errorf("%s: %d alerts, want %d", from.Name(), n, len(whole.Alerts))
		}
	}
}

func TestWhatCannotBeDivided(t *testing.T) {
	large := `{"version":"4","alerts":[{"labels":{"a":"` + strings.Repeat("x", 500) + `"}}]}`
	for _, body := range []string{"", "[]", "{}", `{"alerts":7}`, `{"alerts":[]}`, large, large[:400]} {
		if parts := (source.Alertmanager{}).Divide([]byte(body), 256); parts != nil {
			t.Errorf("%.40s: divided into %q", body, parts)
		}
	}
}

func FuzzDivide(f *testing.F) {
	f.Add(group("4", 3), 300)
	f.Add([]byte(`{"alerts":[1,2,{"a":[]}],"alerts":[3]}`), 20)
	f.Fuzz(func(t *testing.T, body []byte, most int) {
		for _, part := range (source.Alertmanager{}).Divide(body, most) {
			if len(part) > most {
				t.Fatalf("a part has %d bytes, want at most %d", len(part), most)
			}
		}
	})
}

// Alertmanager cuts groups off where max_alerts says so, which a person should see.
func TestACutOffGroupSaysSo(t *testing.T) {
	body := strings.Replace(string(group("4", 2)), `"alerts"`, `"truncatedAlerts":7,"alerts"`, 1)
	b, err := (source.Alertmanager{}).Parse(source.Signal{Body: []byte(body), ReceivedAt: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range b.Alerts {
		if a.Annotations["truncatedAlerts"] != "7" {
			t.Errorf("annotations %v, want what was cut off", a.Annotations)
		}
	}
}
