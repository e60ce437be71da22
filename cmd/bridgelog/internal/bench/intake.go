package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/protobuf/proto"

	"github.com/bridgelog/bridgelog/pkg/natsserver"
	signalv1 "github.com/bridgelog/bridgelog/proto/gen/signal/v1"
)

// Intake measures alerts accepted over HTTP by a whole system, which goes on to
// work on them, against the same bytes appended to JetStream by as many writers.
func Intake(ctx context.Context, clients, silences int, duration time.Duration) (Report, error) {
	r := Report{
		Bench: "intake", Params: map[string]any{"clients": clients, "silences": silences, "seconds": duration.Seconds()},
		LimitIs: "the same bytes appended straight to the embedded JetStream, fsync on, by as many writers, with nothing behind them",
		Notes:   map[string]float64{},
	}
	var err error
	if r.Ours, err = intakeOurs(ctx, clients, silences, duration, r.Notes); err != nil {
		return r, err
	}
	if r.Limit, err = intakeRaw(ctx, clients, duration); err != nil {
		return r, err
	}
	r.byRate()
	return r, nil
}

// sender posts bodies to the door of Alertmanager.
type sender struct {
	client *http.Client
	url    string
}

func newSender(i *instance, clients int) sender {
	return sender{
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 30 * time.Second},
		url:    i.endpoints.Intake + "/hooks/alertmanager/" + i.endpoints.Token,
	}
}

// send returns nil when the body was accepted.
func (s sender) send(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send alerts: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := s.client.Do(request)
	if err != nil {
		return fmt.Errorf("send alerts: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if answer.StatusCode != http.StatusAccepted {
		return fmt.Errorf("send alerts: %s: %s", answer.Status, text)
	}
	return nil
}

func intakeOurs(ctx context.Context, clients, silences int, duration time.Duration, notes map[string]float64) (Figures, error) {
	dir, remove, err := workspace()
	if err != nil {
		return Figures{}, err
	}
	defer remove()
	system, err := start(ctx, dir)
	if err != nil {
		return Figures{}, err
	}
	defer system.stop()
	if err := silence(ctx, system, silences); err != nil {
		return Figures{}, err
	}
	doors := newSender(system, clients)
	defer doors.client.CloseIdleConnections()
	times, elapsed, err := load(ctx, clients, duration, func(ctx context.Context, worker, n int) error {
		return doors.send(ctx, alertBody(worker, n))
	})
	notes["memory_mb"] = system.memory() / (1 << 20)
	return figuresOf(times, elapsed), err
}

// intakeRaw appends signals like ours without HTTP, reading or handling.
func intakeRaw(ctx context.Context, writers int, duration time.Duration) (Figures, error) {
	dir, remove, err := workspace()
	if err != nil {
		return Figures{}, err
	}
	defer remove()
	b, err := openBroker(ctx, dir)
	if err != nil {
		return Figures{}, err
	}
	defer b.close()
	conn, err := b.server.Connect(natsserver.UserIntake)
	if err != nil {
		return Figures{}, err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return Figures{}, err
	}
	times, elapsed, err := load(ctx, writers, duration, func(ctx context.Context, worker, n int) error {
		data, err := proto.Marshal(&signalv1.RawSignal{
			Id: "00000000-0000-7000-8000-000000000000", Source: "alertmanager", ReceivedAtUs: time.Now().UnixMicro(),
			ContentType: "application/json", Body: alertBody(worker, n), Principal: "benchbenchbenchbenchbench0",
			TraceParent: "00-00000000000000000000000000000001-0000000000000001-01",
		})
		if err != nil {
			return err
		}
		_, err = js.Publish(ctx, "signal.alertmanager", data)
		return err
	})
	return figuresOf(times, elapsed), err
}

// alertBody is a request with one alert of its own, of the size of a usual one.
func alertBody(worker, n int) []byte {
	return fmt.Appendf(nil, `{"version":"4","groupKey":"{}:{alertname=\"HighErrorRate\", instance=\"%d-%d\"}","truncatedAlerts":0,`+
		`"status":"firing","receiver":"bridgelog","groupLabels":{"alertname":"HighErrorRate"},"commonLabels":{"alertname":"HighErrorRate",`+
		`"severity":"critical","service":"checkout"},"commonAnnotations":{"summary":"5xx ratio above 5%% for 5m"},`+
		`"externalURL":"http://alertmanager.example:9093","alerts":[{"status":"firing","labels":{"alertname":"HighErrorRate",`+
		`"instance":"checkout-%d-%d:9100","severity":"critical","service":"checkout"},"annotations":{"description":"The ratio of 5xx answers `+
		`has been above 5%% for five minutes.","runbook_url":"https://runbooks.example/checkout/5xx","summary":"5xx ratio above 5%% for 5m"},`+
		`"startsAt":"2026-01-02T10:00:00.123Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example:9090/graph?g0.expr=up",`+
		`"fingerprint":"%08x%08x"}]}`, worker, n, worker, n, worker, n)
}
