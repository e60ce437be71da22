package site

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func TestBodiesKeepLinksAndNothingElse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a <b>bold</b> & more":                                             "a &lt;b&gt;bold&lt;/b&gt; &amp; more",
		"one\ntwo<br />three<br>four":                                      "one<br />two<br />three<br />four",
		"see https://example.org/a?b=1&c=2.":                               "see https://example.org/a?b=1&amp;c=2.",
		`<a href="https://example.org">here</a>!`:                          `<a href="https://example.org">here</a>!`,
		`<a target="_blank" href="https://example.org/x" rel="n">here</a>`: `<a href="https://example.org/x">here</a>`,
		`<a href="javascript:alert(1)">x</a>`:                              `&lt;a href=&#34;javascript:alert(1)&#34;&gt;x&lt;/a&gt;`,
	} {
		if got := body(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestPagesLinkBareAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"see https://example.org/a?b=1&c=2.": `see <a href="https://example.org/a?b=1&amp;c=2">https://example.org/a?b=1&amp;c=2</a>.`,
		`"https://example.org"`:              `&#34;<a href="https://example.org">https://example.org</a>&#34;`,
		`<https://example.org>`:              `&lt;<a href="https://example.org">https://example.org</a>&gt;`,
	} {
		if got := linked(text, true); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	got := paragraphs("One.\nStill one.\n\nTwo & three.\n\n\n")
	if len(got) != 2 || got[0] != "One.<br>Still one." || got[1] != "Two &amp; three." {
		t.Errorf("got %q", got)
	}
}

// FuzzBody looks for anything in a body that is not text, a line break or a link to
// the web.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		"plain", "a <b>b</b>", `<a href="https://example.org">x</a>`, `<a href="https://x" onclick=y>z</a>`,
		"https://example.org/\"onmouseover=alert(1)", "<script>", "<br />", "&lt;script&gt;", `<a href="https://x&#34; onclick=y">`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := html.NewTokenizer(strings.NewReader(body(text) + linked(text, true)))
		for {
			switch tokens.Next() {
			case html.ErrorToken:
				return
			case html.TextToken, html.EndTagToken:
			case html.StartTagToken, html.SelfClosingTagToken:
				token := tokens.Token()
				if token.Data == "br" && len(token.Attr) == 0 {
					continue
				}
				if token.Data != "a" || len(token.Attr) != 1 || token.Attr[0].Key != "href" ||
					!strings.HasPrefix(token.Attr[0].Val, "https://") && !strings.HasPrefix(token.Attr[0].Val, "http://") {
					t.Fatalf("%q became %q", text, token)
				}
			case html.CommentToken, html.DoctypeToken:
				t.Fatalf("%q became %q", text, body(text))
			}
		}
	})
}

func TestLengths(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		20 * time.Second: "less than a minute", 42 * time.Minute: "42 min", 2 * time.Hour: "2 h", 125 * time.Minute: "2 h 5 min", 24 * time.Hour: "the whole day",
	} {
		if got := length(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestUptimeIsNeverRoundedUpToAllOfTheTime(t *testing.T) {
	t.Parallel()
	for share, want := range map[float64]string{1: "100 % uptime", 0.999999: "99.99 % uptime", 0.5: "50.00 % uptime"} {
		if got := uptime(share); got != want {
			t.Errorf("%v: %s, want %s", share, got, want)
		}
	}
}
