package site

import (
	"html"
	"html/template"
	"regexp"
	"strings"
)

// body is a text as readers of the API put it into their pages: without markup of
// its own but the links that it has, lines ended by <br />.
func body(text string) string {
	return strings.ReplaceAll(linked(plain(text), false), "\n", "<br />")
}

// plain is a text with its line breaks as such: imported texts may have them as
// markup.
func plain(text string) string { return breaks.Replace(text) }

//nolint:gochecknoglobals // Immutable.
var breaks = strings.NewReplacer("<br />", "\n", "<br/>", "\n", "<br>", "\n", "\r\n", "\n")

// address finds links: as imported texts have them, and bare addresses.
var address = regexp.MustCompile(
	`(?i)<a\s[^<>]*?\bhref="(https?://[^\s"'<>]+)"[^<>]*>([^<>]*)</a>|(https?://[^\s"'<>]*[^\s"'<>.,;:!?)\]])`)

// linked is a text as HTML with nothing in it but text, and links to the web; bare
// says that bare addresses become links too.
func linked(text string, bare bool) string {
	if !strings.Contains(text, "://") {
		return html.EscapeString(text)
	}
	var out strings.Builder
	rest := 0
	for _, at := range address.FindAllStringSubmatchIndex(text, -1) {
		out.WriteString(html.EscapeString(text[rest:at[0]]))
		rest = at[1]
		to, label := at[2:4], at[4:6] // of an element
		if to[0] < 0 {
			to, label = at[6:8], at[6:8] // a bare address
			if !bare {
				out.WriteString(html.EscapeString(text[to[0]:to[1]]))
				continue
			}
		}
		out.WriteString(`<a href="` + html.EscapeString(text[to[0]:to[1]]) + `">` + html.EscapeString(html.UnescapeString(text[label[0]:label[1]])) + `</a>`)
	}
	out.WriteString(html.EscapeString(text[rest:]))
	return out.String()
}

// paragraphs are the lines of a text as HTML; empty lines part paragraphs.
func paragraphs(text string) []template.HTML {
	var all []template.HTML
	for paragraph := range strings.SplitSeq(strings.TrimSpace(plain(text)), "\n\n") {
		if trimmed := strings.TrimSpace(paragraph); trimmed != "" {
			all = append(all, template.HTML(strings.ReplaceAll(linked(trimmed, true), "\n", "<br>"))) //nolint:gosec // linked escapes.
		}
	}
	return all
}

// sentence is a status word as a label: "Partial outage".
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = words(s)
	return strings.ToUpper(s[:1]) + s[1:]
}

func words(s string) string { return strings.ReplaceAll(s, "_", " ") }

// icon is a sign beside each colour, so that colour is never the only one.
func icon(status string) string {
	switch status {
	case "operational", "none", "resolved", "completed", "postmortem":
		return "✓"
	case "under_maintenance", "maintenance", "scheduled", "in_progress", "verifying":
		return "⚙"
	case "degraded_performance", "minor", "notice":
		return "!"
	case "partial_outage", "major":
		return "▲"
	case "major_outage", "critical":
		return "✕"
	}
	return "•"
}
