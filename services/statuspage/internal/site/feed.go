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

// The feed of RSS 2.0, as Statuspage's pages have it.
type (
	rssFeed struct {
		XMLName xml.Name   `xml:"rss"`
		Version string     `xml:"version,attr"`
		DC      string     `xml:"xmlns:dc,attr"`
		Channel rssChannel `xml:"channel"`
	}
	rssChannel struct {
		Title       string    `xml:"title"`
		Link        string    `xml:"link"`
		Description string    `xml:"description"`
		PubDate     string    `xml:"pubDate"`
		Items       []rssItem `xml:"item"`
	}
	rssItem struct {
		Title          string `xml:"title"`
		Description    string `xml:"description"`
		PubDate        string `xml:"pubDate"`
		MaintenanceEnd string `xml:"maintenanceEndDate,omitempty"`
		Link           string `xml:"link"`
		GUID           string `xml:"guid"`
	}
)

func feedTime(us int64) string { return time.UnixMicro(us).UTC().Format(time.RFC3339) }

func (v v2) rssTime(us int64) string { return time.UnixMicro(us).In(v.zone).Format(time.RFC1123Z) }

// newest are the incidents of a feed.
func (v v2) newest() []*statusv1.PublicIncident {
	all := v.doc.GetIncidents()
	return all[:min(len(all), feedEntries)]
}

func (v v2) address(i *statusv1.PublicIncident) string { return v.base + "/incidents/" + i.GetId() }

// atom renders the history as Atom.
func (v v2) atom() ([]byte, error) {
	host := "localhost"
	if u, err := url.Parse(v.base); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	out := atomFeed{
		Lang: "en-US", XMLNS: "http://www.w3.org/2005/Atom", ID: "tag:" + host + ",2005:/history",
		Links: []atomLink{{"alternate", "text/html", v.base + "/"}, {"self", "application/atom+xml", v.base + "/history.atom"}},
		Title: v.doc.GetTitle() + " Status - Incident History", Updated: feedTime(v.doc.GetUpdatedAtUs()), Author: v.doc.GetTitle(),
	}
	for _, i := range v.newest() {
		out.Entries = append(out.Entries, atomEntry{
			ID: "tag:" + host + ",2005:Incident/" + i.GetId(), Published: feedTime(i.GetCreatedAtUs()), Updated: feedTime(i.GetUpdatedAtUs()),
			Link: atomLink{"alternate", "text/html", v.address(i)}, Title: i.GetName(), Content: atomContent{"html", v.story(i)},
		})
	}
	return encodeXML(out)
}

// rss renders the history as RSS.
func (v v2) rss() ([]byte, error) {
	channel := rssChannel{
		Title: v.doc.GetTitle() + " Status - Incident History", Link: v.base + "/", Description: "Statuspage",
		PubDate: v.rssTime(v.doc.GetUpdatedAtUs()),
	}
	for _, i := range v.newest() {
		item := rssItem{Title: i.GetName(), Description: v.story(i), PubDate: v.rssTime(i.GetCreatedAtUs()), Link: v.address(i), GUID: v.address(i)}
		if i.GetMaintenance() {
			item.PubDate, item.MaintenanceEnd = v.rssTime(i.GetScheduledForUs()), v.rssTime(i.GetScheduledUntilUs())
		}
		channel.Items = append(channel.Items, item)
	}
	return encodeXML(rssFeed{Version: "2.0", DC: "http://purl.org/dc/elements/1.1/", Channel: channel})
}

func encodeXML(feed any) ([]byte, error) {
	encoded, err := xml.MarshalIndent(feed, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode feed: %w", err)
	}
	return append([]byte(xml.Header), append(encoded, '\n')...), nil
}

// story is an incident's updates as HTML, newest first. An update that does not
// change the status is headed "Update".
func (v v2) story(i *statusv1.PublicIncident) string {
	var out strings.Builder
	if i.GetMaintenance() {
		_, _ = fmt.Fprintf(&out, "<p><strong>THIS IS A SCHEDULED EVENT %s - %s</strong></p>", v.moment(i.GetScheduledForUs()), v.moment(i.GetScheduledUntilUs()))
	}
	updates := i.GetUpdates()
	for n, u := range updates {
		heading := sentence(u.GetStatus())
		if n+1 < len(updates) && updates[n+1].GetStatus() == u.GetStatus() {
			heading = "Update"
		}
		_, _ = fmt.Fprintf(&out, "<p><small>%s</small><br><strong>%s</strong> - %s</p>", v.moment(u.GetDisplayAtUs()), html.EscapeString(heading), body(u.GetBody()))
	}
	return out.String()
}

// moment is a time as Statuspage's feeds mark it up.
func (v v2) moment(us int64) string {
	at := time.UnixMicro(us).In(v.zone)
	return fmt.Sprintf("%s <var data-var='date'>%s</var>, <var data-var='time'>%s</var> %s", at.Format("Jan"), at.Format("2"), at.Format("15:04"), at.Format("MST"))
}
