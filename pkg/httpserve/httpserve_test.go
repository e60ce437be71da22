package httpserve_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/bridgelog/bridgelog/pkg/httpserve"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a server under test with one slow route.
type served struct {
	url     string
	stop    context.CancelFunc
	ended   chan error    // what Until returned
	entered chan struct{} // a request is in hand
	release chan struct{} // lets it finish
}

func serve(t *testing.T, patience time.Duration) *served {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &served{
		url:   "http://" + listener.Addr().String(),
		ended: make(chan error, 1), entered: make(chan struct{}, 1), release: make(chan struct{}),
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.entered <- struct{}{}
		select {
		case <-s.release:
			_, _ = io.WriteString(w, "finished")
		case <-r.Context().Done():
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	go func() { s.ended <- httpserve.Until(ctx, &http.Server{Handler: handler}, listener, patience) }()
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return s
}

// ask sends a request and returns its body, or "" when it was cut off.
func (s *served) ask(t *testing.T) chan string {
	t.Helper()
	answer := make(chan string, 1)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			answer <- ""
			return
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		answer <- string(body)
	}()
	<-s.entered
	return answer
}

func TestARequestInHandFinishes(t *testing.T) {
	s := serve(t, time.Minute)
	answer := s.ask(t)
	s.stop()
	select {
	case err := <-s.ended:
		t.Fatalf("it ended before the request: %v", err)
	case s.release <- struct{}{}:
	}
	if got := <-answer; got != "finished" {
		t.Errorf("the answer is %q", got)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

func TestARequestThatTakesTooLongIsCutOff(t *testing.T) {
	s := serve(t, 10*time.Millisecond)
	answer := s.ask(t)
	s.stop()
	if got := <-answer; got != "" {
		t.Errorf("the answer is %q", got)
	}
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
}

func TestABrokenListenerIsAnError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if err := httpserve.Until(t.Context(), &http.Server{}, listener, time.Second); err == nil {
		t.Error("it stopped as if it had been asked to")
	}
}
