package source

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bridgelog/bridgelog/pkg/incident"
)

// Bounds of what is kept of one alert. The raw signal keeps the whole.
const (
	maxPairs      = 128     // labels, and annotations
	maxKey        = 256     // bytes of a name
	maxValue      = 4 << 10 // bytes of a value
	maxTextBudget = 64 << 10
	maxURL        = 2048
)

// bounded returns what can be stored of a sender's pairs: in the order of their
// names, clipped, until the budget of one alert is spent.
func bounded(pairs map[string]string) map[string]string {
	out := make(map[string]string, min(len(pairs), maxPairs))
	budget := maxTextBudget
	for _, name := range slices.Sorted(maps.Keys(pairs)) {
		key, value := clip(incident.Sanitize(name), maxKey), clip(incident.Sanitize(pairs[name]), maxValue)
		budget -= len(key) + len(value)
		if key == "" || len(out) == maxPairs || budget < 0 {
			continue
		}
		out[key] = value
	}
	return out
}

// clip shortens s to at most limit bytes without cutting a character in two.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}

// oneLine makes a title of text: one line of at most incident.MaxTitle characters.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(incident.Sanitize(s)), " ")
	if utf8.RuneCountInString(s) <= incident.MaxTitle {
		return s
	}
	runes := []rune(s)
	return strings.TrimSpace(string(runes[:incident.MaxTitle-1])) + "…"
}

// text makes machine text storable.
func text(s string) string { return incident.Sanitize(s) }

// link returns a URL if it can be stored, else nothing: half a URL leads nowhere.
func link(s string) string {
	if s = strings.TrimSpace(incident.Sanitize(s)); len(s) > maxURL {
		return ""
	}
	return s
}
