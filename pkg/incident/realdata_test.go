package incident_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/incident/incidenttest"
)

// Every title and every text of the real histories passes the rules' bounds.
func TestRealTextsPass(t *testing.T) {
	root := os.Getenv("BRIDGELOG_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	var files []string
	for _, pattern := range []string{"statuspage/*.jsonl", "statuspage/*.jsonl.gz", "timelines/*.jsonl"} {
		found, err := filepath.Glob(filepath.Join(root, "data", pattern))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		t.Skip("no real histories: set BRIDGELOG_SHARED to the folder that holds data/statuspage")
	}
	titles, texts := 0, 0
	for _, file := range files {
		eachText(t, file, func(key, text string) {
			switch key {
			case "name", "title":
				titles++
				decideReal(t, file, incident.Declare{Number: 1, Title: strings.TrimSpace(incident.Sanitize(text))})
			case "body", "text", "message":
				texts++
				decideReal(t, file, incident.PublishUpdate{UpdateID: "u", SourceStatus: "x", Message: incident.Sanitize(text)})
				decideReal(t, file, incident.PublishUpdate{UpdateID: "u", SourceStatus: "x", Message: text})
			}
		})
	}
	if titles == 0 || texts == 0 {
		t.Errorf("%d titles and %d texts in %d files", titles, texts, len(files))
	}
	t.Logf("%d titles and %d texts in %d files", titles, texts, len(files))
}

func decideReal(t *testing.T, file string, cmd incident.Command) {
	t.Helper()
	var s incident.State
	if cmd.Name() != "declare" {
		s = fold(declared())
	}
	_, err := incident.Decide(s, cmd, incident.Context{Actor: ann, Authority: incident.Responder, Now: incidenttest.Start()})
	if err != nil {
		t.Errorf("%s: %v in %.80v", filepath.Base(file), err, cmd)
	}
}

// eachText calls visit for every non-empty string of every object in a file of
// JSON lines.
func eachText(t *testing.T, path string, visit func(key, text string)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var in io.Reader = bytes.NewReader(data)
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(in); err != nil {
			t.Fatal(err)
		}
	}
	dec := json.NewDecoder(bufio.NewReader(in))
	for {
		var v any
		if err := dec.Decode(&v); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		walk("", v, visit)
	}
}

func walk(key string, v any, visit func(key, text string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, field := range v {
			walk(k, field, visit)
		}
	case []any:
		for _, element := range v {
			walk(key, element, visit)
		}
	case string:
		if v != "" {
			visit(key, v)
		}
	}
}
