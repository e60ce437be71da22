package retry

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// After reads a Retry-After header: seconds or a date. What it cannot read, and
// what lies in the past, is 0.
func After(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
