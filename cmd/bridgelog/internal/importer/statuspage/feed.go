package statuspage

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/importer"
)

// atomFeed is a page's history feed.
type atomFeed struct {
	XMLName xml.Name    `xml:"feed"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Published string     `xml:"published"`
	Links     []atomLink `xml:"link"`
	Content   string     `xml:"content"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

// feed reads an Atom feed. An entry that cannot be read is a problem with the
// number of the entry in place of a line.
func (c *collector) feed(data []byte) error {
	var feed atomFeed
	if err := xml.Unmarshal(data, &feed); err != nil {
		return fmt.Errorf("read feed: %w", err)
	}
	for i, e := range feed.Entries {
		in, err := e.read()
		if err == nil {
			err = c.feedEntry(in)
		}
		if err != nil {
			c.problem(i+1, fmt.Errorf("entry %s: %w", e.ID, err))
		}
	}
	return nil
}

func (e atomEntry) read() (feedEntry, error) {
	published, err := time.Parse(time.RFC3339, strings.TrimSpace(e.Published))
	if err != nil {
		return feedEntry{}, fmt.Errorf("published: %w", importer.ErrNoTime)
	}
	out := feedEntry{EntryID: e.ID, Title: e.Title}
	for _, link := range e.Links {
		if link.Rel == "alternate" || out.URL == "" {
			out.URL = link.Href
		}
	}
	out.Updates, err = messages(e.Content, published)
	slices.Reverse(out.Updates) // those of the same minute keep their order
	return out, err
}

// messages reads the updates out of an entry's HTML, newest first: one paragraph
// each, with the time in <small>, the status in <strong> and the text behind it.
func messages(content string, published time.Time) ([]feedMessage, error) {
	var out []feedMessage
	latest := published
	for _, p := range paragraphs(content) {
		at, err := clockOf(p.time, latest)
		if err != nil {
			return nil, err
		}
		latest = at
		out = append(out, feedMessage{
			At: moment{at}, Status: strings.TrimSpace(p.status),
			Message: strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(p.text), "-")),
		})
	}
	return out, nil
}

// clockOf reads "Aug 21, 00:37 UTC", which lacks the year: it is the last such
// time that is not more than a day after the one before it in the feed.
func clockOf(text string, latest time.Time) (time.Time, error) {
	text = strings.Join(strings.Fields(text), " ")
	for _, year := range []int{latest.Year(), latest.Year() - 1} {
		at, err := time.Parse("2006 Jan 2, 15:04 MST", fmt.Sprintf("%d %s", year, text))
		if err != nil {
			continue
		}
		if !at.After(latest.Add(24 * time.Hour)) {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("time %q: %w", importer.Clip(text, 40), importer.ErrNoTime)
}

// paragraph is one update as the HTML has it.
type paragraph struct{ time, status, text string }

func paragraphs(content string) []paragraph {
	var out []paragraph
	inside := ""
	tokens := html.NewTokenizer(strings.NewReader(content))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return out
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			switch tag := string(name); {
			case tag == "p":
				out, inside = append(out, paragraph{}), ""
			case tag == "br" && len(out) > 0 && out[len(out)-1].text != "":
				out[len(out)-1].text += "\n"
			case tag == "small" || tag == "strong" && len(out) > 0 && out[len(out)-1].status == "":
				inside = tag
			}
		case html.EndTagToken:
			if name, _ := tokens.TagName(); string(name) == inside {
				inside = ""
			}
		case html.TextToken:
			if len(out) > 0 {
				out[len(out)-1].add(inside, string(tokens.Text()))
			}
		case html.CommentToken, html.DoctypeToken:
		}
	}
}

func (p *paragraph) add(tag, raw string) {
	text := html.UnescapeString(raw)
	switch tag {
	case "small":
		p.time += text
	case "strong":
		p.status += text
	default:
		if p.text != "" || strings.TrimSpace(text) != "" {
			p.text += text
		}
	}
}
