package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
)

// MaxSize bounds an unpacked file in bytes.
const MaxSize = 1 << 30

// ErrTooLarge: the file holds more than [MaxSize] bytes.
var ErrTooLarge = errors.New("the file is larger than 1 GiB: split it")

// ErrEmpty: the file holds nothing.
var ErrEmpty = errors.New("the file is empty")

// ReadAll reads a file, plain or gzip, into memory: nothing of it is sent before
// all of it is understood. It returns [ErrTooLarge] or [ErrEmpty].
func ReadAll(r io.Reader) ([]byte, error) {
	buffered := bufio.NewReader(r)
	var plain io.Reader = buffered
	if magic, err := buffered.Peek(2); err == nil && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("unpack: %w", err)
		}
		plain = unpacked
	}
	data, err := io.ReadAll(io.LimitReader(plain, MaxSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read: %w", err)
	case len(data) > MaxSize:
		return nil, ErrTooLarge
	case len(bytes.TrimSpace(data)) == 0:
		return nil, ErrEmpty
	}
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), nil
}

// Lines walks the lines that are not blank with their numbers from 1.
func Lines(data []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		number := 0
		for line := range bytes.Lines(data) {
			number++
			if line = bytes.TrimSpace(line); len(line) > 0 && !yield(number, line) {
				return
			}
		}
	}
}
