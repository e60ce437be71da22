package importer_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadAll(t *testing.T) {
	t.Parallel()
	whole := packed(t, "one\ntwo\n")
	for name, c := range map[string]struct {
		data []byte
		want string
		err  error
	}{
		"plain":           {[]byte("one\n"), "one\n", nil},
		"packed":          {whole, "one\ntwo\n", nil},
		"a mark in front": {[]byte("\xef\xbb\xbf{}"), "{}", nil},
		"one byte":        {[]byte("1"), "1", nil},
		"nothing":         {nil, "", importer.ErrEmpty},
		"only space":      {[]byte(" \r\n"), "", importer.ErrEmpty},
		"packed nothing":  {packed(t, ""), "", importer.ErrEmpty},
		"cut off":         {whole[:len(whole)-5], "", io.ErrUnexpectedEOF},
		"only the magic":  {whole[:2], "", io.ErrUnexpectedEOF},
	} {
		got, err := importer.ReadAll(bytes.NewReader(c.data))
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v; want %q, %v", name, got, err, c.want, c.err)
		}
	}
}

func TestLinesKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	var numbers []int
	var texts []string
	for number, line := range importer.Lines([]byte("\n one \r\n\n\ntwo")) {
		numbers, texts = append(numbers, number), append(texts, string(line))
	}
	if !slices.Equal(numbers, []int{2, 5}) || !slices.Equal(texts, []string{"one", "two"}) {
		t.Errorf("%v %q", numbers, texts)
	}
	for range importer.Lines([]byte("one\ntwo\n")) {
		break // walking may stop early
	}
}

func TestProblemsNameTheirLine(t *testing.T) {
	t.Parallel()
	p := importer.Problem{Line: 7, Err: importer.ErrNoTime}
	if p.Error() != "line 7: "+importer.ErrNoTime.Error() || !errors.Is(p, importer.ErrNoTime) {
		t.Errorf("%v", p)
	}
}
