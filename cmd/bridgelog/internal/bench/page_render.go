package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// rendering is what the status page says of its renderings so far.
type rendering struct{ count, seconds, within50 float64 }

// renderings asks the metrics of an instance.
func renderings(ctx context.Context, system *instance) (rendering, error) {
	const prefix = "bridgelog_statuspage_render_seconds"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, system.endpoints.Metrics+"/metrics", nil)
	if err != nil {
		return rendering{}, fmt.Errorf("ask for the page's metrics: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return rendering{}, fmt.Errorf("ask for the page's metrics: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	var r rendering
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), " ")
		into := map[string]*float64{
			prefix + "_count": &r.count, prefix + "_sum": &r.seconds, prefix + `_bucket{le="0.05"}`: &r.within50,
		}[name]
		if into == nil {
			continue
		}
		if *into, err = strconv.ParseFloat(text, 64); err != nil {
			return rendering{}, fmt.Errorf("read the page's metrics: %w", err)
		}
	}
	return r, lines.Err()
}

// note says how long the renderings since another look took.
func (r rendering) note(before rendering, notes map[string]float64) {
	n := r.count - before.count
	notes["renderings"] = n
	notes["render_mean_ms"] = divide(r.seconds-before.seconds, n) * 1000
	notes["render_over_50_ms"] = n - (r.within50 - before.within50)
}
