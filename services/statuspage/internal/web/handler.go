package web

import (
	"net/http"
	"strconv"
	"strings"
)

// ServeHTTP answers GET and HEAD with what was rendered, 304 to whom has it, and
// 404 for everything else.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header["X-Content-Type-Options"] = noSniff
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
		return
	}
	path := r.URL.Path
	if strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/") // A known client asks for //api/v2.
	}
	s := p.current.Load()
	on, path := s.find(r.Host, path)
	switch {
	case on == nil:
		header.Set("Retry-After", "5")
		http.Error(w, "There is no page yet.", http.StatusServiceUnavailable)
		return
	case path == "": // "/pages/NAME"
		http.Redirect(w, r, "/pages/"+on.name+"/", http.StatusMovedPermanently)
		return
	}
	found, ok := on.files[path]
	if !ok {
		found, ok = p.seldom(s, on, path, r)
	}
	if !ok {
		p.missing(s, on, path).miss(w, r)
		return
	}
	found.serve(w, r)
}

// seldom finds what is not rendered before it is asked for. The history answers
// programs in JSON.
func (p *Pages) seldom(s *shelf, on *served, path string, r *http.Request) (answer, bool) {
	number := 1
	if asked := r.URL.Query().Get("page"); asked != "" {
		n, err := strconv.Atoi(asked)
		if err != nil || n < 1 || n > 100_000 {
			return answer{}, false
		}
		number = n
	}
	if path == "/history" && strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		path = "/history.json"
	}
	found, ok := p.one(s, on, path, number)
	if strings.HasPrefix(path, "/history") {
		found.vary = variesMore
	}
	return found, ok
}

// serve writes the file, zipped for whom can read that.
func (a answer) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header["Content-Type"] = a.kind
	header["Cache-Control"] = caching
	header["Content-Security-Policy"] = policy
	header["Referrer-Policy"] = noReferrer
	header["Vary"] = a.vary
	if a.open {
		header["Access-Control-Allow-Origin"] = everybody
	}
	body, etag, length := a.file.Body, a.etag, a.length
	if known := r.Header["If-None-Match"]; known != nil && (matches(known[0], a.etag[0]) || matches(known[0], a.zipTag[0])) {
		header["Etag"] = a.etag
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if accepted := r.Header["Accept-Encoding"]; accepted != nil && strings.Contains(accepted[0], "gzip") {
		if small := a.file.Zipped(); small != nil {
			header["Content-Encoding"] = zipped
			body, etag, length = small, a.zipTag, []string{strconv.Itoa(len(small))}
		}
	}
	header["Etag"], header["Content-Length"] = etag, length
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// miss answers that nothing is there: in HTML to browsers, in a line to programs.
func (a answer) miss(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header["Cache-Control"], header["Vary"] = caching, variesMore
	if a.file.Body == nil || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Error(w, "There is no such page.", http.StatusNotFound)
		return
	}
	header["Content-Type"], header["Content-Length"] = a.kind, a.length
	header["Content-Security-Policy"], header["Referrer-Policy"] = policy, noReferrer
	w.WriteHeader(http.StatusNotFound)
	if r.Method == http.MethodGet {
		_, _ = w.Write(a.file.Body)
	}
}

// matches compares an If-None-Match header with a tag, as RFC 9110 13.1.2 says:
// weakly, against a list or "*".
func matches(header, etag string) bool {
	for candidate := range strings.SplitSeq(header, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == etag || candidate == "*" {
			return true
		}
	}
	return false
}
