package door

import "time"

// storeTimeout is how long storing may take for senders who wait longer than that.
const storeTimeout = 10 * time.Second

// patience is how long a request of a source may take to be stored: then it is refused,
// while its sender still listens and learns that it has to come again. Sentry hangs up
// after 1 s, PagerDuty after 5 s, GitHub and GitLab after about 10 s.
func patience(source string) time.Duration {
	switch source {
	case "sentry":
		return 700 * time.Millisecond
	case "pagerduty-webhook":
		return 4 * time.Second
	case "github", "gitlab":
		return 8 * time.Second
	}
	return storeTimeout
}
