package web

import (
	"strconv"
	"strings"

	"github.com/bridgelog/bridgelog/services/statuspage/internal/site"
)

// cacheControl lets caches take the load of an incident, and serve the last page
// when we are gone.
const cacheControl = "public, max-age=10, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"

// answer is a file with its headers, made once.
type answer struct {
	file         site.File
	etag, zipTag []string
	kind, length []string
	vary         []string
	open         bool // other pages' scripts may read it
}

func answerOf(f site.File) answer {
	return answer{
		file: f, etag: []string{f.ETag}, zipTag: []string{strings.TrimSuffix(f.ETag, `"`) + `-gzip"`},
		vary: varies, kind: []string{f.Type}, length: []string{strconv.Itoa(len(f.Body))}, open: !strings.HasPrefix(f.Type, "text/html"),
	}
}

// Values of headers that never change. Assigning them costs nothing.
//
//nolint:gochecknoglobals // Immutable.
var (
	noSniff    = []string{"nosniff"}
	caching    = []string{cacheControl}
	policy     = []string{"default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
	noReferrer = []string{"no-referrer"}
	everybody  = []string{"*"}
	varies     = []string{"Accept-Encoding"}
	variesMore = []string{"Accept, Accept-Encoding"}
	zipped     = []string{"gzip"}
)
