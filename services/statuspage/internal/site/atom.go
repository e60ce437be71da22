package site

import (
	"encoding/xml"
	"fmt"
	"html"
	"net/url"
	"strings"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
)

// feedEntries is how many incidents a feed holds, as Statuspage's does.
const feedEntries = 25

// The feed of RFC 4287, with ids as Statuspage forms them.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"feed"`
		Lang    string      `xml:"xml:lang,attr"`
		XMLNS   string      `xml:"xmlns,attr"`
		ID      string      `xml:"id"`
		Links   []atomLink  `xml:"link"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID        string      `xml:"id"`
		Published string      `xml:"published"`
		Updated   string      `xml:"updated"`
		Link      atomLink    `xml:"link"`
		Title     string      `xml:"title"`
		Content   atomContent `xml:"content"`
	}
	atomContent struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	}
)

func feedTime(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) }

// feed renders the history.
func (v v2) feed() ([]byte, error) {
	host := "localhost"
	if u, err := url.Parse(v.base); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	out := atomFeed{
		Lang: "en-US", XMLNS: "http://www.w3.org/2005/Atom", ID: "tag:" + host + ",2005:/history",
		Links: []atomLink{{"alternate", "text/html", v.base + "/"}, {"self", "application/atom+xml", v.base + "/history.atom"}},
		Title: v.doc.GetTitle() + " Status - Incident History", Updated: feedTime(v.doc.GetUpdatedAtUs()), Author: v.doc.GetTitle(),
	}
	for n, i := range v.doc.GetIncidents() {
		if n == feedEntries {
			break
		}
		out.Entries = append(out.Entries, atomEntry{
			ID: "tag:" + host + ",2005:Incident/" + i.GetId(), Published: feedTime(i.GetCreatedAtUs()), Updated: feedTime(i.GetUpdatedAtUs()),
			Link: atomLink{"alternate", "text/html", v.base + "/incidents/" + i.GetId()}, Title: i.GetName(), Content: atomContent{"html", v.story(i)},
		})
	}
	encoded, err := xml.MarshalIndent(out, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode feed: %w", err)
	}
	return append([]byte(xml.Header), append(encoded, '\n')...), nil
}

// story is an incident's updates as HTML, newest first.
func (v v2) story(i *statusv1.PublicIncident) string {
	var out strings.Builder
	for _, u := range i.GetUpdates() {
		at := time.UnixMicro(u.GetDisplayAtUs()).In(v.zone)
		_, _ = fmt.Fprintf(&out, "<p><small>%s <var data-var='date'>%s</var>, <var data-var='time'>%s</var> %s</small><br><strong>%s</strong> - %s</p>",
			at.Format("Jan"), at.Format("2"), at.Format("15:04"), at.Format("MST"),
			html.EscapeString(sentence(u.GetStatus())), body(u.GetBody()))
	}
	return out.String()
}
