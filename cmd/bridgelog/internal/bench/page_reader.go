package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// pageReader asks over one connection, at so little cost of its own that what is
// measured is the server.
type pageReader struct {
	conn net.Conn
	in   *bufio.Reader
	host string
}

// pageAnswer is one answer.
type pageAnswer struct {
	header http.Header
	body   []byte
}

// errAnswer: the server did not answer 200.
var errAnswer = errors.New("unexpected answer")

func newReader(ctx context.Context, address string) (*pageReader, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to the page: %w", err)
	}
	return &pageReader{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), host: address}, nil
}

func newReaders(ctx context.Context, address string, number int) (all []*pageReader, closeAll func(), err error) {
	closeAll = func() {
		for _, r := range all {
			r.close()
		}
	}
	for range number {
		r, err := newReader(ctx, address)
		if err != nil {
			closeAll()
			return nil, nil, err
		}
		all = append(all, r)
	}
	return all, closeAll, nil
}

func (r *pageReader) close() { _ = r.conn.Close() }

// ask asks once as a browser does, which takes gzip.
func ask(ctx context.Context, address string) (pageAnswer, error) {
	r, err := newReader(ctx, address)
	if err != nil {
		return pageAnswer{}, err
	}
	defer r.close()
	return r.get(true)
}

func (r *pageReader) request(path string, zipped bool) error {
	encoding := ""
	if zipped {
		encoding = "Accept-Encoding: gzip\r\n"
	}
	_, err := io.WriteString(r.conn, "GET "+path+" HTTP/1.1\r\nHost: "+r.host+"\r\n"+encoding+"\r\n")
	return err
}

// get returns the whole first page.
func (r *pageReader) get(zipped bool) (pageAnswer, error) {
	if err := r.request("/", zipped); err != nil {
		return pageAnswer{}, err
	}
	text := textproto.NewReader(r.in)
	status, err := text.ReadLine()
	if err != nil {
		return pageAnswer{}, fmt.Errorf("read the page: %w", err)
	}
	header, err := text.ReadMIMEHeader()
	if err != nil {
		return pageAnswer{}, fmt.Errorf("read the page: %w", err)
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return pageAnswer{}, fmt.Errorf("read the page: %w", err)
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r.in, body); err != nil {
		return pageAnswer{}, fmt.Errorf("read the page: %w", err)
	}
	if !strings.Contains(status, " 200 ") {
		return pageAnswer{}, fmt.Errorf("read the page: %q: %w", status, errAnswer)
	}
	return pageAnswer{http.Header(header), body}, nil
}

// skip asks as a browser does and reads the answer without keeping it.
func (r *pageReader) skip(path string) error {
	if err := r.request(path, true); err != nil {
		return err
	}
	length := -1
	for first := true; ; first = false {
		line, err := r.in.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("read the page: %w", err)
		}
		if first && !bytes.Contains(line, []byte(" 200 ")) {
			return fmt.Errorf("read the page: %q: %w", line, errAnswer)
		}
		if len(line) <= 2 {
			break
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return fmt.Errorf("read the page: %w", err)
			}
		}
	}
	if length < 0 {
		return fmt.Errorf("read the page: no length: %w", errAnswer)
	}
	_, err := r.in.Discard(length)
	return err
}
