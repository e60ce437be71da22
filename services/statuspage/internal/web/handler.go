package web

import (
	"net/http"
	"strings"
)

// cacheControl lets caches take the load of an incident, and serve the last page
// when we are gone.
const cacheControl = "public, max-age=10, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

// ServeHTTP answers GET and HEAD with what was rendered, 304 to whom has it, and
// 404 for everything else.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "This page can only be read.", http.StatusMethodNotAllowed)
		return
	}
	path := strings.ReplaceAll(r.URL.Path, "//", "/") // a known client asks for //api/v2
	file, ok := p.file(path)
	if !ok {
		if _, isPage := p.file(path + "/"); isPage {
			http.Redirect(w, r, path+"/", http.StatusMovedPermanently) //nolint:gosec // The path is one of our own pages.
			return
		}
		http.Error(w, "There is no such page.", http.StatusNotFound)
		return
	}
	header.Set("Content-Type", file.Type)
	header.Set("Cache-Control", cacheControl)
	header.Set("ETag", file.ETag)
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	header.Set("Referrer-Policy", "no-referrer")
	if !strings.HasPrefix(file.Type, "text/html") {
		header.Set("Access-Control-Allow-Origin", "*")
	}
	if matches(r.Header.Get("If-None-Match"), file.ETag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(file.Body)
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
