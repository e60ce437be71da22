package calltest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// MaxKept is how many bytes of an answer may be kept.
const MaxKept = 4 << 10

// Receiver is one that means no good.
type Receiver struct {
	// Name says what it does.
	Name string
	// Outcome is how an attempt has to end, Status what it has to report; 0: nothing.
	Outcome string
	Status  int

	answer http.HandlerFunc
	speak  func(net.Conn) // in place of answer: below HTTP, to who wants TLS
}

// Serve runs the receiver on loopback until the test ends, and returns its URL.
func (r Receiver) Serve(t testing.TB) string {
	t.Helper()
	if r.speak != nil {
		return serveRaw(t, r.speak)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// A server notices that its client went away only after it read the body.
		_, _ = io.Copy(io.Discard, request.Body)
		r.answer(w, request)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// serveRaw speaks with each connection and closes it.
func serveRaw(t testing.TB, speak func(net.Conn)) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			speak(conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		<-done
	})
	return "https://" + listener.Addr().String()
}

// Hostile lists the receivers that mean no good.
func Hostile() []Receiver {
	return []Receiver{
		{Name: "never answers", Outcome: "timeout", answer: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
		{Name: "drips for ever", Outcome: "timeout", Status: 200, answer: drip},
		{Name: "sends without end", Outcome: "delivered", Status: 200, answer: flood},
		{Name: "sends endless headers", Outcome: "unreachable", answer: headers},
		{Name: "sends a compressed bomb", Outcome: "delivered", Status: 200, answer: explode},
		{Name: "claims to be compressed", Outcome: "delivered", Status: 200, answer: claim},
		{Name: "closes at once", Outcome: "unreachable", answer: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{Name: "closes midway", Outcome: "unreachable", Status: 200, answer: stop},
		{Name: "redirects to itself", Outcome: "refused", Status: 302, answer: redirect("/", http.StatusFound)},
		{Name: "redirects to a metadata address", Outcome: "refused", Status: 307, answer: redirect("http://169.254.169.254/latest/meta-data/", http.StatusTemporaryRedirect)},
		{Name: "speaks garbage in place of TLS", Outcome: "unreachable", speak: func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1))
			_, _ = io.WriteString(c, strings.Repeat("\x16\x03\xffgarbage", 100))
		}},
		{Name: "closes before TLS", Outcome: "unreachable", speak: func(net.Conn) {}},
	}
}

func drip(w http.ResponseWriter, r *http.Request) {
	for r.Context().Err() == nil {
		_, _ = io.WriteString(w, "x")
		w.(http.Flusher).Flush()
		select {
		case <-time.After(5 * time.Millisecond):
		case <-r.Context().Done():
		}
	}
}

func flood(w http.ResponseWriter, r *http.Request) {
	block := bytes.Repeat([]byte("x"), 1<<20)
	for r.Context().Err() == nil {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

func headers(w http.ResponseWriter, _ *http.Request) {
	for range 100 {
		w.Header().Add("X", strings.Repeat("y", 1<<12))
	}
}

// explode answers with about a thousandth of what it unfolds to.
func explode(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	pack := gzip.NewWriter(w)
	block := make([]byte, 1<<20)
	for range 1 << 7 {
		if _, err := pack.Write(block); err != nil {
			return
		}
	}
	_ = pack.Close()
}

func claim(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	_, _ = w.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0})
}

func stop(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, "half")
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func redirect(to string, status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(status)
	}
}
