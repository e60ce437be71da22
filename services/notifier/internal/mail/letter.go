package mail

import (
	"net/mail"
	"strings"
	"unicode"

	"github.com/bridgelog/bridgelog/pkg/derived"
)

// Letter is a mail as it is sent.
type Letter struct {
	// MessageID is what stands between the angle brackets of its header.
	MessageID string
	// From and To are one address each.
	From, To mail.Address
	// Subject is one line, Text and HTML say the same.
	Subject, Text, HTML string
	// Urgent marks it for programs that show that.
	Urgent bool
}

// MessageID names the letter about an event to a person by one of their ways, always the
// same. domain is that of the sender's address.
func MessageID(eventID, person, way, domain string) string {
	return "page-" + derived.ID("mail", eventID, person, way) + "@" + domain
}

// Domain is what follows the @ of an address; "localhost" where nothing does.
func Domain(address string) string {
	if _, domain, ok := strings.Cut(address, "@"); ok && domain != "" {
		return domain
	}
	return "localhost"
}

// line makes one line of a text: every run of blanks and of what cannot be seen is one
// blank, and what is longer than most runes is cut.
func line(text string, most int) string {
	text = text[:min(len(text), 8*most)] // what is behind would be cut
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return cut(strings.Join(strings.Fields(text), " "), most)
}

// paragraph keeps the lines of a text, and nothing else that cannot be seen.
func paragraph(text string, most int) string {
	lines := strings.Split(strings.ReplaceAll(text[:min(len(text), 4*most)], "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = line(lines[i], most)
	}
	return cut(strings.TrimSpace(strings.Join(lines, "\n")), most)
}

// cut bounds a text, in runes.
func cut(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}
