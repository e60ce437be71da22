package site

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"

	statusv1 "github.com/bridgelog/bridgelog/proto/gen/status/v1"
	"github.com/bridgelog/bridgelog/services/statuspage/internal/page"
)

// row writes one component: its name, its state and its last days. It is written
// by hand as a page may have a thousand of them.
func (s *Site) row(out *strings.Builder, c *statusv1.PublicComponent) {
	out.WriteString(`<li><div class="row"><span class="name">`)
	out.WriteString(html.EscapeString(c.GetName()))
	if d := c.GetDescription(); d != "" {
		out.WriteString(`<small>` + html.EscapeString(d) + `</small>`)
	}
	status := html.EscapeString(c.GetStatus())
	out.WriteString(`</span><span class="state ` + status + `"><span class="icon" aria-hidden="true">` + icon(status) + `</span> ` + sentence(status) + `</span></div>`)
	if days, ok := s.page.Days[c.GetId()]; ok && c.GetShowcase() {
		bars(out, days)
	}
	out.WriteString("</li>\n")
}

// Words of a history.
const (
	listedTroubles = 8 // how many a text alternative names
	dateOf         = "2 January"
)

// bars draws one bar for each day, with the same in words for those who cannot see
// it. Days without trouble are one dashed line, so that a page stays small.
func bars(out *strings.Builder, days page.Days) {
	var bad strings.Builder
	var said []string
	known, troubled := 0, 0
	for n := 0; n < len(days.List); n++ {
		d := days.List[n]
		if !d.Known {
			known = n + 1
		}
		if !d.Known || d.Worst == "operational" {
			continue
		}
		last := lastOf(days.List, n)
		text := d.Date.Format(dateOf) + ": " + words(d.Worst) + " for " + length(d.Suffered)
		if last > n {
			text = d.Date.Format(dateOf) + " to " + days.List[last].Date.Format(dateOf) + ": " + words(d.Worst)
		}
		troubled++
		if len(said) < listedTroubles {
			said = append(said, text)
		}
		_, _ = fmt.Fprintf(&bad, `<path class="%s" d="M%d.15 1H%d"><title>%s</title></path>`, html.EscapeString(d.Worst), n, last+1, html.EscapeString(text))
		n = last
	}
	label := uptime(days.Uptime)
	if known < len(days.List) {
		label += fmt.Sprintf(" in the last %d days", len(days.List)-known)
	}
	switch {
	case troubled == 0:
		label += ", no trouble"
	case troubled > listedTroubles:
		label += fmt.Sprintf(". %s; and %d more", strings.Join(said, "; "), troubled-listedTroubles)
	default:
		label += ". " + strings.Join(said, "; ")
	}
	out.WriteString(`<div class="days"><svg viewBox="0 0 90 2" preserveAspectRatio="none" role="img" aria-label="` + html.EscapeString(label) + `">`)
	if known > 0 {
		out.WriteString(`<path class="unknown" d="M.15 1H` + strconv.Itoa(known) + `"/>`)
	}
	if known < len(days.List) {
		out.WriteString(`<path class="well" d="M` + strconv.Itoa(known) + `.15 1H` + strconv.Itoa(len(days.List)) + `"/>`)
	}
	out.WriteString(bad.String() + `</svg><span class="uptime" aria-hidden="true">` + uptime(days.Uptime) + `</span></div>`)
}

// lastOf is the last of the days that were as bad all day long as this one.
func lastOf(list []page.Day, n int) int {
	last := n
	for wholeDay(list[n]) && last+1 < len(list) && list[last+1].Worst == list[n].Worst && wholeDay(list[last+1]) {
		last++
	}
	return last
}

// wholeDay tells whether a day was bad for all of it; the one on which clocks go
// forward has 23 hours.
func wholeDay(d page.Day) bool { return d.Suffered >= 23*time.Hour }

// uptime is a share in words; it is never rounded up to all of the time.
func uptime(share float64) string {
	percent := share * 100
	if percent >= 100 {
		return "100 % uptime"
	}
	return strconv.FormatFloat(min(percent, 99.99), 'f', 2, 64) + " % uptime"
}

// length is a duration for people: "42 min", "3 h 5 min".
func length(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	hours := minutes / 60
	switch {
	case minutes < 1:
		return "less than a minute"
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case hours >= 24:
		return "the whole day"
	case minutes%60 == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %d min", hours, minutes%60)
}
