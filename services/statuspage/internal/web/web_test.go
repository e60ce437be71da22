package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/library"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func now() time.Time { return time.Date(2026, 4, 1, 15, 0, 0, 0, time.UTC) }

// stock has two pages, the second at an address of its own, and two incidents.
func stock(t *testing.T) *library.Library {
	t.Helper()
	l := library.New()
	l.SetPage("main", &statusv1.PageDocument{Id: "p1", Name: "main", Title: "Main page", TimeZone: "Etc/UTC"})
	l.SetPage("partners", &statusv1.PageDocument{Id: "p2", Name: "partners", Title: "Partner page", Url: "https://partners.example.com", TimeZone: "Asia/Tokyo"})
	for n := range 2 {
		id := fmt.Sprintf("incident%04d", n)
		doc := &statusv1.IncidentDocument{Id: id, Title: id, Updates: []*statusv1.PublishedUpdate{
			{Id: "u", Status: "investigating", Body: strings.Repeat("We look into it. ", 100), DisplayAtUs: now().Add(-time.Hour).UnixMicro()},
		}}
		if err := l.SetIncident(id, doc); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func shown(t *testing.T) *web.Pages {
	t.Helper()
	p := web.NewPages("https://status.example.com", slog.New(slog.DiscardHandler))
	p.Render(stock(t), now(), time.Time{})
	return p
}

// reply is an answer.
type reply struct {
	StatusCode int
	Header     http.Header
	body       string
}

// ask sends one request; headers are "name: value".
func ask(p http.Handler, method, url string, headers ...string) reply {
	r := httptest.NewRequest(method, url, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return reply{w.Code, w.Header(), w.Body.String()}
}

func TestWhatIsServed(t *testing.T) {
	p := shown(t)
	for url, want := range map[string]struct {
		code int
		has  string
	}{
		"/":                                      {200, "Main page"},
		"/style.css":                             {200, "--ink"},
		"/api/v2/summary.json":                   {200, `"url":"https://status.example.com"`},
		"//api/v2/incidents.json":                {200, "incident0001"},
		"/api/v2/incidents/incident0001.json":    {200, `"incident"`},
		"/incidents/incident0000":                {200, "<h1>incident0000</h1>"},
		"/history":                               {200, "April 2026"},
		"/history?page=1":                        {200, "April 2026"},
		"/history?page=2":                        {404, ""},
		"/history?page=0":                        {404, ""},
		"/history?page=x":                        {404, ""},
		"/open":                                  {200, "incident0001"},
		"/history.atom":                          {200, "<feed"},
		"/history.rss":                           {200, "<rss"},
		"/pages/main/":                           {200, "Main page"},
		"/pages/main":                            {301, ""},
		"/pages/partners/":                       {200, "Partner page"},
		"/pages/partners/incidents/incident0000": {200, "incident0000"},
		"/pages/partners/api/v2/summary.json":    {200, `"url":"https://partners.example.com"`},
		"/pages/nobody/":                         {404, ""},
		"https://partners.example.com/":          {200, "Partner page"},
		"https://partners.example.com/api/v2/page.json": {404, ""},
		"https://other.example.com/":                    {200, "Main page"},
		"/nothing":                                      {404, ""},
		"/incidents/nothing":                            {404, ""},
		"/api/v2/":                                      {404, ""},
	} {
		r := ask(p, http.MethodGet, url)
		if body := r.body; r.StatusCode != want.code || !strings.Contains(body, want.has) {
			t.Errorf("%s: %d %.200s", url, r.StatusCode, body)
		}
	}
	if got := ask(p, http.MethodGet, "/pages/main").Header.Get("Location"); got != "/pages/main/" {
		t.Errorf("sent to %s", got)
	}
}

func TestPeopleAreToldWhatElseThereIs(t *testing.T) {
	p := shown(t)
	for path, home := range map[string]string{"/nothing": "./", "/incidents/nothing": "../", "/pages/partners/nothing/at/all": "../../"} {
		r := ask(p, http.MethodGet, path, "Accept: text/html,*/*")
		if r.StatusCode != http.StatusNotFound || !strings.Contains(r.body, `<a href="`+home+`">what works now</a>`) || r.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %d %v\n%s", path, r.StatusCode, r.Header, r.body)
		}
	}
	for path, accept := range map[string]string{"/nothing": "*/*", "/api/v2/nothing.json": "text/html", "/" + strings.Repeat("x/", 50): "text/html"} {
		r := ask(p, http.MethodGet, path, "Accept: "+accept)
		if r.StatusCode != http.StatusNotFound || strings.Contains(r.body, "<") || !strings.HasPrefix(r.Header.Get("Content-Type"), "text/plain") {
			t.Errorf("%s: %d %v\n%s", path, r.StatusCode, r.Header, r.body)
		}
	}
}

func TestCaching(t *testing.T) {
	p := shown(t)
	for _, url := range []string{"/", "/api/v2/summary.json", "/history.atom", "/incidents/incident0000", "/history"} {
		first := ask(p, http.MethodGet, url)
		tag := first.Header.Get("Etag")
		if !strings.Contains(first.Header.Get("Cache-Control"), "stale-if-error=86400") || !strings.Contains(first.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: %v", url, first.Header)
		}
		for _, known := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := ask(p, http.MethodGet, url, "If-None-Match: "+known)
			if again.StatusCode != http.StatusNotModified || again.body != "" || again.Header.Get("Etag") != tag {
				t.Errorf("%s, If-None-Match %s: %d", url, known, again.StatusCode)
			}
		}
		if again := ask(p, http.MethodGet, url, `If-None-Match: "other"`); again.StatusCode != http.StatusOK {
			t.Errorf("%s: another tag: %d", url, again.StatusCode)
		}
		open := first.Header.Get("Access-Control-Allow-Origin") == "*"
		if html := strings.HasPrefix(first.Header.Get("Content-Type"), "text/html"); open == html {
			t.Errorf("%s: open to other pages: %v", url, open)
		}
	}
}

func TestCompression(t *testing.T) {
	p := shown(t)
	plain := ask(p, http.MethodGet, "/").body
	small := ask(p, http.MethodGet, "/", "Accept-Encoding: br, gzip")
	if small.Header.Get("Content-Encoding") != "gzip" || small.Header.Get("Etag") == ask(p, http.MethodGet, "/").Header.Get("Etag") {
		t.Fatalf("headers %v", small.Header)
	}
	unzip, err := gzip.NewReader(strings.NewReader(small.body))
	if err != nil {
		t.Fatal(err)
	}
	unzipped, err := io.ReadAll(unzip)
	if err != nil || string(unzipped) != plain {
		t.Errorf("%d bytes, %v", len(unzipped), err)
	}
	again := ask(p, http.MethodGet, "/", "Accept-Encoding: gzip", "If-None-Match: "+small.Header.Get("Etag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("with its own tag: %d", again.StatusCode)
	}
}

func TestHistoryAnswersProgramsInJSON(t *testing.T) {
	r := ask(shown(t), http.MethodGet, "/history", "Accept: application/json")
	if r.Header.Get("Content-Type") != "application/json; charset=utf-8" || !strings.HasPrefix(r.body, `{"months":[`) || !strings.Contains(r.Header.Get("Vary"), "Accept,") {
		t.Errorf("headers %v", r.Header)
	}
}

func TestOnlyReading(t *testing.T) {
	p := shown(t)
	if r := ask(p, http.MethodPost, "/api/v2/subscribers.json"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	if r := ask(p, http.MethodHead, "/"); r.StatusCode != http.StatusOK || r.body != "" || r.Header.Get("Content-Length") == "0" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
}

func TestBeforeTheFirstPage(t *testing.T) {
	p := web.NewPages("https://status.example.com", slog.New(slog.DiscardHandler))
	if r := ask(p, http.MethodGet, "/"); r.StatusCode != http.StatusServiceUnavailable || p.Check() == nil {
		t.Errorf("%d, check %v", r.StatusCode, p.Check())
	}
}

func TestAnOldPageSaysHowOldItIs(t *testing.T) {
	p := web.NewPages("https://status.example.com", slog.New(slog.DiscardHandler))
	p.Render(stock(t), now(), now().Add(-time.Hour))
	if body := ask(p, http.MethodGet, "/").body; !strings.Contains(body, `As of <time datetime="2026-04-01T14:00:00Z">`) {
		t.Errorf("the page:\n%s", body)
	}
}

func TestTimeOutdatesPages(t *testing.T) {
	p := shown(t) // nothing suffers on it
	if p.Outdated(now().Add(30 * time.Second)) {
		t.Error("after half a minute")
	}
	// In Tokyo it was midnight at the rendering, so the next day begins in a day.
	if p.Outdated(now().Add(8*time.Hour)) || !p.Outdated(now().Add(9*time.Hour)) {
		t.Error("the new day in London is not noticed when it begins")
	}
}

func TestTheCopyIsWhatIsServed(t *testing.T) {
	p, dir := shown(t), filepath.Join(t.TempDir(), "site")
	c := &web.Copy{Dir: dir}
	if err := c.Save(p.Files()); err != nil {
		t.Fatal(err)
	}
	for name, url := range map[string]string{
		"index.html": "/", "style.css": "/style.css", "api/v2/summary.json": "/api/v2/summary.json", "history.html": "/history",
		"incidents/incident0000.html": "/incidents/incident0000", "pages/partners/index.html": "/pages/partners/",
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(data) != ask(p, http.MethodGet, url).body {
			t.Errorf("%s differs: %v", name, err)
		}
	}
	smaller := library.New()
	smaller.SetPage("main", &statusv1.PageDocument{Id: "p1", Name: "main", Title: "Main page", TimeZone: "Etc/UTC"})
	p.Render(smaller, now(), time.Time{})
	if err := (&web.Copy{Dir: dir}).Save(p.Files()); err != nil { // as after a restart
		t.Fatal(err)
	}
	_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, _ error) error {
		if !entry.IsDir() {
			if data, _ := os.ReadFile(path); strings.Contains(string(data), "incident0000") || strings.Contains(path, "partners") {
				t.Errorf("%s is still there", path)
			}
		}
		return nil
	})
}

func TestACopyThatCannotBeWrittenSaysSo(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files := map[string]site.File{"a/b": {Body: []byte("x"), ETag: `"1"`}}
	if err := (&web.Copy{Dir: blocked}).Save(files); err == nil {
		t.Error("no error")
	}
}

func BenchmarkServe(b *testing.B) {
	p := web.NewPages("https://status.example.com", slog.New(slog.DiscardHandler))
	l := library.New()
	l.SetPage("main", &statusv1.PageDocument{Id: "p1", Name: "main", Title: "Main page", TimeZone: "Etc/UTC"})
	p.Render(l, now(), time.Time{})
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	w := &discard{header: http.Header{}}
	for b.Loop() {
		p.ServeHTTP(w, r)
	}
}

// discard is an answer that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}
