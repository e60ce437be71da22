package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/catalog"
	"github.com/bridgelog/bridgelog/pkg/chain"
	"github.com/bridgelog/bridgelog/pkg/change"
	"github.com/bridgelog/bridgelog/pkg/eventlog"
	"github.com/bridgelog/bridgelog/pkg/eventlog/memory"
	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incidentlog/incidentlogtest"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/logtest"
)

func happenedAt(at time.Time) *timelinev1.TimeTravel {
	return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: stamp(at)}}
}

// muddle is a log in which everything that suspects are made from changes all the time.
type muddle struct {
	*world
	r        *rand.Rand
	follower *catalog.Follower
	began    time.Time
	ids      []incident.ID
}

func (m *muddle) service() string {
	return []string{"web", "checkout", "payments", "Payments API", "mail"}[m.r.IntN(5)]
}

func (m *muddle) ago(most time.Duration) time.Time {
	return m.began.Add(-time.Duration(m.r.Int64N(int64(most)))).Truncate(time.Microsecond)
}

// act does one thing, or nothing where that is not possible now.
func (m *muddle) act() {
	m.t.Helper()
	switch n := m.r.IntN(20); {
	case len(m.ids) == 0 || n < 3:
		d := incident.Declare{Title: fmt.Sprint("t", len(m.ids)), Severity: incident.SEV2, Drill: m.r.IntN(6) == 0, Private: m.r.IntN(6) == 0}
		if m.r.IntN(8) > 0 {
			d.Services = []string{[]string{"web", "checkout", "payments"}[m.r.IntN(3)]}
		}
		m.ids = append(m.ids, m.Declare(d, logtest.Act{Happened: m.ago(time.Hour)}))
	case n < 11:
		m.report()
	case n < 13:
		needs := []string{"", "payments", "mail", "payments, mail"}
		incidentlogtest.Apply(m.t, m.log, m.follower, incidentlogtest.YAML(m.t, fmt.Sprintf(
			"kind: service\nname: checkout\nspec: {display_name: Check %d, depends_on: [%s]}\n", m.r.IntN(1000), needs[m.r.IntN(4)]))...)
	default:
		id := m.ids[m.r.IntN(len(m.ids))]
		at := m.ago(2 * time.Hour)
		m.Try(id, []incident.Command{
			incident.StartImpact{},
			incident.SetBlastRadius{Services: []string{m.service()}},
			incident.Resolve{},
			incident.Close{},
			incident.Reopen{},
			incident.Assess{Trend: incident.Trend(1 + m.r.IntN(3))},
			incident.ChangeStatus{To: incident.StatusMonitoring},
			incident.Merge{Into: m.ids[m.r.IntN(len(m.ids))], TargetExists: true},
			incident.RecordCheck{
				CheckKey: incident.CheckKey{Run: fmt.Sprint(m.r.IntN(1000)), Service: "checkout", Metric: fmt.Sprint("m", m.r.IntN(2))},
				CheckResult: incident.CheckResult{
					Kind: incident.MetricTraffic, Verdict: incident.CheckVerdict(1 + m.r.IntN(2)), Began: at, From: at.Add(-time.Hour), Until: at,
					Trend: incident.TrendWorse, Title: "errors", Reason: "9 now", Value: incident.Measured{Value: 9, Known: true},
				},
			},
		}[m.r.IntN(9)], logtest.Act{Happened: at})
	}
}

// report tells of one of a few changes, which are told of again and again, always
// different.
func (m *muddle) report() {
	m.t.Helper()
	r := change.Report{
		Key: fmt.Sprint("c", m.r.IntN(12)), Title: fmt.Sprint("change ", m.r.IntN(1000)), Service: m.service(),
		Kind: change.Kind(m.r.IntN(8)), Outcome: change.Outcome(m.r.IntN(6)), StartedAt: m.ago(30 * time.Hour),
	}
	if m.r.IntN(2) == 0 {
		r.EndedAt = m.ago(4 * time.Hour)
	}
	m.tells(r)
}

// cut is a world whose log holds what was recorded by a time, and no more.
func (w *world) cut(t *testing.T, at time.Time) *world {
	t.Helper()
	log := memory.New(memory.Options{})
	last := map[string]uint64{}
	head, err := w.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = w.log.Read(t.Context(), eventlog.Position{}, head.Sequence, func(m eventlog.Message) error {
		if recordedAt(t, m).After(at) {
			return nil
		}
		p, err := log.Append(t.Context(), eventlog.Append{Subject: m.Subject, Expect: last[m.Subject], Data: m.Data})
		last[m.Subject] = p.Sequence
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &world{Writer: logtest.New(t, log), t: t, log: log, pool: server.Pool(t)}
}

func recordedAt(t testing.TB, m eventlog.Message) time.Time {
	t.Helper()
	h, err := chain.HeadOf(m.Data)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMicro(h.RecordedAtMicros)
}

// lastRecorded is when the last message was written down.
func (w *world) lastRecorded() time.Time {
	w.t.Helper()
	head, err := w.log.Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := w.log.At(w.t.Context(), head.Sequence)
	if err != nil {
		w.t.Fatal(err)
	}
	return recordedAt(w.t, m)
}

// times are some of those at which something was recorded, in order.
func (m *muddle) times(count int) []time.Time {
	m.t.Helper()
	head, err := m.log.Head(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	var out []time.Time
	for range count {
		message, err := m.log.At(m.t.Context(), 1+m.r.Uint64N(head.Sequence))
		if err != nil {
			m.t.Fatal(err)
		}
		out = append(out, recordedAt(m.t, message))
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// TestSuspectsKnownAtATimeAreThoseOfTheLogOfThen: what a log that goes on says of a time
// is what one that ends there says now.
func TestSuspectsKnownAtATimeAreThoseOfTheLogOfThen(t *testing.T) {
	told := 0
	for seed := range uint64(3) {
		w := newWorld(t)
		m := &muddle{world: w, r: rand.New(rand.NewPCG(seed, 5)), began: time.Now().Truncate(time.Second)}
		m.shop()
		m.follower = incidentlogtest.Follow(t, w.log) // it knows the shop
		for range 150 {
			m.act()
		}
		n := w.start()
		for _, at := range m.times(5) {
			before := w.cut(t, at).start()
			for _, id := range m.ids {
				then, errThen := n.suspects("root", &timelinev1.ListSuspectsRequest{Incident: string(id), At: knownAt(at)})
				want, err := before.suspects("root", &timelinev1.ListSuspectsRequest{Incident: string(id)})
				if err != nil {
					refused(t, err, "not_found", "no_such_incident")
					refused(t, errThen, "not_found", "not_yet")
					continue
				}
				if errThen != nil || !proto.Equal(then, want) {
					t.Fatalf("seed %d, %s at %s:\n%v, %v\nand by the log that ends there\n%v", seed, id, at, then, errThen, want)
				}
				told += len(want.GetSuspects())
			}
			before.stop()
		}
		n.stop()
	}
	if told < 100 {
		t.Errorf("only %d suspects were compared", told)
	}
}

// TestSuspectsOfThePast tells apart what was known and what had happened.
func TestSuspectsOfThePast(t *testing.T) {
	w := newWorld(t)
	w.shop()
	n := w.start()
	at := time.Now().Truncate(time.Second)
	id := w.Declare(incident.Declare{Title: "Checkout returns 502", Services: []string{"checkout"}, Severity: incident.SEV1}, logtest.Act{Happened: at.Add(-time.Hour)})
	w.tells(change.Report{Key: "1", Title: "Deploy", Kind: change.Deployment, Service: "checkout", Outcome: change.Started, StartedAt: at.Add(-2 * time.Hour)})
	other := w.Declare(incident.Declare{Title: "Payments are slow", Services: []string{"payments"}, Severity: incident.SEV2}, logtest.Act{Happened: at.Add(-time.Hour)})
	early := w.lastRecorded() // what follows is later, by more than the microseconds that are kept
	changed := w.tells(change.Report{Key: "1", Outcome: change.Failed, Title: "Deploy went wrong", EndedAt: time.Now()})
	w.tells(change.Report{Key: "2", Title: "Told late", Kind: change.Flag, Service: "payments", StartedAt: at.Add(-70 * time.Minute)})
	w.Do(other, incident.Resolve{}, logtest.Act{})
	ask := func(who string, at *timelinev1.TimeTravel) (*timelinev1.ListSuspectsResponse, error) {
		return n.suspects(who, &timelinev1.ListSuspectsRequest{Incident: "1", At: at})
	}
	for name, c := range map[string]struct {
		at   *timelinev1.TimeTravel
		want []string
	}{
		"now":                     {nil, []string{"Told late", "Deploy went wrong"}},
		"known early":             {knownAt(early), []string{"Payments are slow", "Deploy"}},
		"known now":               {knownAt(time.Now()), []string{"Told late", "Deploy went wrong"}},
		"happened before its end": {happenedAt(early), []string{"Payments are slow", "Told late", "Deploy went wrong"}},
		"happened after its end":  {happenedAt(time.Now()), []string{"Told late", "Deploy went wrong"}},
	} {
		got := must[*timelinev1.ListSuspectsResponse](t)(ask("eve", c.at))
		titles := suspected(got)
		slices.Sort(titles)
		slices.Sort(c.want)
		same(t, name, titles, c.want...)
	}
	then := must[*timelinev1.ListSuspectsResponse](t)(ask("eve", happenedAt(early)))
	for _, s := range then.GetSuspects() {
		if c := s.GetChange(); c.GetId() == changed && (c.GetOutcome() != signalv1.ChangeOutcome_CHANGE_OUTCOME_STARTED || c.GetEndedTime() != nil) {
			t.Errorf("at that time it was still under way: %v", c)
		}
	}
	document := must[*timelinev1.GetPostmortemResponse](t)(n.GetPostmortem(as(t, "eve"), &timelinev1.GetPostmortemRequest{Incident: "1", At: knownAt(early)})).GetMarkdown()
	for text, there := range map[string]bool{"deployment of checkout: Deploy, started": true, "INC-2 Payments are slow": true, "Told late": false, "went wrong": false} {
		if strings.Contains(document, text) != there {
			t.Errorf("the post-mortem of then holds %q: %v\n%s", text, !there, document)
		}
	}
	for name, at := range map[string]*timelinev1.TimeTravel{"known": knownAt(at.Add(-time.Minute)), "happened": happenedAt(at.Add(-3 * time.Hour))} {
		if _, err := ask("eve", at); err == nil {
			t.Errorf("%s: nothing was there yet, and it is answered", name)
		} else {
			refused(t, err, "not_found", "not_yet")
		}
	}
	_, err := ask("eve", &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: stamp(time.Time{})}})
	refused(t, err, "invalid_argument", "invalid_time")
	// What is redacted, and who may see it, is as of today.
	w.redactsChange(changed)
	then = must[*timelinev1.ListSuspectsResponse](t)(ask("eve", knownAt(early)))
	for _, s := range then.GetSuspects() {
		if c := s.GetChange(); c != nil && (c.GetTitle() != "" || !c.GetRedacted()) {
			t.Errorf("redacted since, and told: %v", c)
		}
	}
	w.Do(id, incident.ChangeVisibility{Private: true, Reason: "r"}, logtest.Act{})
	_, err = ask("eve", knownAt(early))
	refused(t, err, "not_found", "no_such_incident")
}
