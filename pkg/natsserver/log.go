package natsserver

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

// slogAdapter hands the server's own messages to slog. They are free text, so
// the text is an attribute of a constant message. What the server warns of while it
// puts its index in order after an unclean stop is told once, when it is done.
type slogAdapter struct {
	logger *slog.Logger
	repair *repair
}

func newSlogAdapter(logger *slog.Logger) slogAdapter {
	return slogAdapter{logger, &repair{streams: map[string]bool{}}}
}

func (a slogAdapter) Noticef(format string, v ...any) {
	text := a.log(slog.LevelDebug, format, v)
	if stream, messages, ok := a.repair.finished(text); ok {
		a.logger.Warn("the store was not closed cleanly; its index was rebuilt from the messages, which are all read for that",
			"stream", stream, "messages", messages)
	}
}

func (a slogAdapter) Warnf(format string, v ...any) {
	level := slog.LevelWarn
	if a.repair.begins(fmt.Sprintf(format, v...)) || slow(format) {
		level = slog.LevelDebug
	}
	a.log(level, format, v)
}

func (a slogAdapter) Fatalf(format string, v ...any) { a.log(slog.LevelError, format, v) }
func (a slogAdapter) Errorf(format string, v ...any) { a.log(slog.LevelError, format, v) }
func (a slogAdapter) Debugf(format string, v ...any) { a.log(slog.LevelDebug, format, v) }
func (a slogAdapter) Tracef(format string, v ...any) { a.log(slog.LevelDebug, format, v) }

func (a slogAdapter) log(level slog.Level, format string, v []any) string {
	text := fmt.Sprintf(format, v...)
	a.logger.Log(context.Background(), level, "message_server", "text", text)
	return text
}

// repair follows what the server says while it recovers its streams.
type repair struct {
	mu      sync.Mutex
	streams map[string]bool // whose index is being rebuilt
}

var (
	// stateText is said of a stream's index: a summary of the messages, which is
	// written now and then and at a clean stop. That it is old or cannot be read
	// costs time and loses nothing: the messages have checksums of their own, and
	// damage to those is said in other words.
	stateText = regexp.MustCompile(`^Filestore \[([^]]+)\] (Stream state |Recovering stream state from index errored)`)
	// missingText is said when the index knows of messages that are not there.
	missingText = regexp.MustCompile(`could not locate msg block`)
	// restoredText ends the recovery of one stream.
	restoredText = regexp.MustCompile(`Restored ([0-9,]+) messages for stream '[^']*> ([^']+)'`)
)

// begins tells whether a warning is only about an index that will be rebuilt.
func (r *repair) begins(text string) bool {
	match := stateText.FindStringSubmatch(text)
	if match == nil || missingText.MatchString(text) {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.streams[match[1]] = true
	return true
}

// finished tells whether a message ends a rebuild that began, and of what.
func (r *repair) finished(text string) (stream, messages string, ok bool) {
	match := restoredText.FindStringSubmatch(text)
	if match == nil {
		return "", "", false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.streams[match[2]] {
		return "", "", false
	}
	delete(r.streams, match[2])
	return match[2], match[1], true
}

// slow tells whether a warning is only about how long the server's own housekeeping
// took, which a busy disk explains.
func slow(format string) bool { return strings.Contains(format, " took %v") }
