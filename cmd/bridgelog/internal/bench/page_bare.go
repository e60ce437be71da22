package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// bareAnswer is what the bare handler is told to serve.
type bareAnswer struct {
	Type, Encoding string
	Body           []byte
}

// startBare starts this very binary as a bare handler of an answer, and returns its
// address.
func startBare(ctx context.Context, sample pageAnswer) (address string, stop func(), err error) {
	binary, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("find our own binary: %w", err)
	}
	told, err := json.Marshal(bareAnswer{sample.header.Get("Content-Type"), sample.header.Get("Content-Encoding"), sample.body})
	if err != nil {
		return "", nil, fmt.Errorf("start the bare handler: %w", err)
	}
	cmd := exec.CommandContext(ctx, binary, "bench", "page", "bare-page") //nolint:gosec // Ourselves.
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, fmt.Errorf("start the bare handler: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, fmt.Errorf("start the bare handler: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", nil, fmt.Errorf("start the bare handler: %w", err)
	}
	stop = func() {
		_ = in.Close() // It ends when its input does.
		_ = cmd.Wait()
	}
	if _, err := in.Write(append(told, '\n')); err != nil {
		stop()
		return "", nil, fmt.Errorf("start the bare handler: %w", err)
	}
	address, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("start the bare handler: %w", err)
	}
	return strings.TrimSpace(address), stop, nil
}

// serveBare reads what to serve, says where, and serves it until the input ends.
func serveBare(ctx context.Context, in io.Reader, out io.Writer) error {
	lines := bufio.NewReader(in)
	told, err := lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("read what to serve: %w", err)
	}
	var answer bareAnswer
	if err := json.Unmarshal(bytes.TrimSpace(told), &answer); err != nil {
		return fmt.Errorf("read what to serve: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	server := &http.Server{Handler: answer, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	_, _ = fmt.Fprintln(out, listener.Addr())
	_, _ = io.Copy(io.Discard, lines)
	_ = server.Close()
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// ServeHTTP is as little as a handler can do for this answer.
func (b bareAnswer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", b.Type)
	w.Header().Set("Content-Length", strconv.Itoa(len(b.Body)))
	if b.Encoding != "" {
		w.Header().Set("Content-Encoding", b.Encoding)
	}
	_, _ = w.Write(b.Body)
}
