package postmortem

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Contain returns Markdown that people wrote so that it can stand in a document:
// raw HTML is shown instead of being obeyed, links lead to web pages and mail
// addresses only, and it defines nothing that other text could refer to. Text
// without any of that is returned as it is.
func Contain(markdown string) string {
	markdown = normal(markdown)
	// Taking away one thing may bring up another, for example a tag behind a tag.
	for range 3 {
		found := inspect(markdown)
		if found.harmless() {
			return markdown
		}
		if found.unsafeLinks {
			return disarm(markdown)
		}
		markdown = escapeTags(markdown, found.tags)
	}
	return disarm(markdown)
}

// normal drops what two readers could understand differently: ends of lines,
// control characters, space around the text, and tabs, whose width depends on
// where a line begins.
func normal(markdown string) string {
	markdown = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(markdown)
	markdown = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(markdown, "\uFFFD"))
	return strings.TrimSpace(markdown)
}

// findings are what must not be in contained text.
type findings struct {
	// tags are where raw HTML stands, as byte ranges, ascending.
	tags []text.Segment
	// unsafeLinks is true for a link that leads elsewhere than to a web page or a
	// mail address, and for a definition that other text could refer to.
	unsafeLinks bool
}

func (f findings) harmless() bool { return len(f.tags) == 0 && !f.unsafeLinks }

func inspect(markdown string) findings {
	source := []byte(markdown)
	definitions := parser.NewContext()
	document := goldmark.DefaultParser().Parse(text.NewReader(source), parser.WithContext(definitions))
	found := findings{unsafeLinks: len(definitions.References()) > 0}
	// The walker returns no error of its own.
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			found.add(n, source)
		}
		return ast.WalkContinue, nil
	})
	slices.SortFunc(found.tags, func(a, b text.Segment) int { return a.Start - b.Start })
	return found
}

func (f *findings) add(n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.RawHTML:
		f.tags = append(f.tags, n.Segments.Sliced(0, n.Segments.Len())...)
	case *ast.HTMLBlock:
		f.tags = append(f.tags, n.Lines().Sliced(0, n.Lines().Len())...)
		if n.HasClosure() {
			f.tags = append(f.tags, n.ClosureLine)
		}
	case *ast.Link:
		f.unsafeLinks = f.unsafeLinks || !safe(string(n.Destination))
	case *ast.Image:
		f.unsafeLinks = f.unsafeLinks || !safe(string(n.Destination))
	case *ast.AutoLink:
		f.unsafeLinks = f.unsafeLinks || !safe(string(n.URL(source)))
	}
}

// safe reports whether a link may be followed from any page.
func safe(destination string) bool {
	u, err := url.Parse(strings.TrimSpace(destination))
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https", "mailto":
		return true
	case "":
		// A relative link would lead into whatever site shows the document.
		return u.Host == "" && u.Path == "" && u.Fragment != "" || strings.Contains(destination, "@")
	}
	return false
}

// escapeTags replaces "<" by its entity where raw HTML stands and nowhere else,
// so that code keeps its characters.
func escapeTags(markdown string, tags []text.Segment) string {
	var b strings.Builder
	done := 0
	for _, tag := range tags {
		if tag.Start < done {
			continue
		}
		b.WriteString(markdown[done:tag.Start])
		b.WriteString(strings.ReplaceAll(markdown[tag.Start:tag.Stop], "<", "&lt;"))
		done = tag.Stop
	}
	return b.String() + markdown[done:]
}

// disarm takes all power from a text: neither links nor tags are left.
func disarm(markdown string) string {
	return strings.NewReplacer("<", "&lt;", "[", `\[`, "]", `\]`).Replace(markdown)
}

// Plain returns text that is no Markdown so that it reads as it is on one line of
// a document, also inside a table.
func Plain(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if strings.ContainsRune("\\`*_[]<>|&~#!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

var (
	// bullet begins a line of a list, or underlines the line above as a heading.
	bullet = regexp.MustCompile(`^[-+=]`)
	// number begins a line of a numbered list.
	number = regexp.MustCompile(`^(\d{1,9})([.)])`)
)

// Inline is [Plain] for text that may begin a line.
func Inline(s string) string {
	return number.ReplaceAllString(bullet.ReplaceAllString(Plain(s), `\$0`), `${1}\$2`)
}

// harmless shows the raw HTML of a whole document instead of having it obeyed. What
// people wrote has none that counts; where the words of a template surround it, it
// could come to count again.
func harmless(markdown string) string {
	for range 3 {
		found := inspect(markdown)
		if len(found.tags) == 0 {
			return markdown
		}
		markdown = escapeTags(markdown, found.tags)
	}
	return strings.ReplaceAll(markdown, "<", "&lt;")
}

// quote puts text into a block quote, so that headings and unfinished fences in
// it end with it. indent stands before each line.
func quote(indent, markdown string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(Contain(markdown), "\n") {
		b.WriteString(strings.TrimRight(indent+"> "+line, " ") + "\n")
	}
	return b.String()
}
