package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// File is one thing that is served.
type File struct {
	// Type is the Content-Type.
	Type string
	// Body is what is served; nobody may change it.
	Body []byte
	// ETag is a strong validator, quotes included.
	ETag string
}

// Options of a rendering.
type Options struct {
	// Base is where the page is, without a slash at the end: its public URL, or
	// a path for pages beside the first.
	Base string
	// StaleAt is when contact to the log was lost, in microseconds since 1970; 0
	// when it was not. It is said on the pages for people.
	StaleAt int64
}

// Types of what is served.
const (
	typeHTML = "text/html; charset=utf-8"
	typeJSON = "application/json; charset=utf-8"
	typeAtom = "application/atom+xml; charset=utf-8"
	typeCSS  = "text/css; charset=utf-8"
)

// Render returns everything that is served for a document, by path.
func Render(doc *statusv1.PageDocument, o Options) (map[string]File, error) {
	v := newV2(doc, o.Base)
	page, incident, err := templates(v.zone)
	if err != nil {
		return nil, err
	}
	files := map[string]File{"/style.css": file(typeCSS, style)}
	documents, err := v.files()
	if err != nil {
		return nil, err
	}
	for path, encoded := range documents {
		files[path] = file(typeJSON, encoded)
	}
	feed, err := v.feed()
	if err != nil {
		return nil, err
	}
	files["/history.atom"] = file(typeAtom, feed)
	shown := newView(v, o.StaleAt)
	html, err := render(page, shown)
	if err != nil {
		return nil, err
	}
	files["/"] = file(typeHTML, html)
	for _, i := range doc.GetIncidents() {
		shown.Incident = i
		html, err := render(incident, shown)
		if err != nil {
			return nil, fmt.Errorf("incident %s: %w", i.GetId(), err)
		}
		files["/incidents/"+i.GetId()] = file(typeHTML, html)
	}
	return files, nil
}

func file(contentType string, body []byte) File {
	sum := sha256.Sum256(body)
	return File{Type: contentType, Body: body, ETag: `"` + hex.EncodeToString(sum[:16]) + `"`}
}
