package bench

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestThePageReaderReadsWhatIsServed(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	_, _ = w.Write([]byte("zipped text"))
	_ = w.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/":
			http.NotFound(w, r)
		case r.Header.Get("Accept-Encoding") == "gzip":
			bareAnswer{"text/plain", "gzip", zipped.Bytes()}.ServeHTTP(w, r)
		default:
			bareAnswer{"text/plain", "", []byte("plain text")}.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	r, err := newReader(t.Context(), strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	for range 3 {
		if err := r.skip("/"); err != nil {
			t.Fatal(err)
		}
		a, err := r.get(false)
		if err != nil || string(a.body) != "plain text" {
			t.Fatalf("got %q, %v", a.body, err)
		}
		if a, err = r.get(true); err != nil || !bytes.Equal(a.body, zipped.Bytes()) || a.header.Get("Content-Encoding") != "gzip" {
			t.Fatalf("got %q, %v", a.body, err)
		}
	}
	if err := r.skip("/nothing"); err == nil {
		t.Error("404 is an answer")
	}
}

func TestTheBareHandlerServesUntilItsInputEnds(t *testing.T) {
	t.Parallel()
	in, tell := io.Pipe()
	out, say := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- serveBare(t.Context(), in, say) }()
	go func() { _, _ = tell.Write([]byte(`{"Type":"text/plain","Body":"aGVsbG8="}` + "\n")) }()
	address := make([]byte, 64)
	n, err := out.Read(address)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	a, err := ask(t.Context(), strings.TrimSpace(string(address[:n])))
	if err != nil || string(a.body) != "hello" {
		t.Fatalf("got %q, %v", a.body, err)
	}
	_ = tell.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	_ = say.Close()
}
