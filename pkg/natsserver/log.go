package natsserver

import (
	"context"
	"fmt"
	"log/slog"
)

// slogAdapter hands the server's own messages to slog. They are free text, so
// the text is an attribute of a constant message.
type slogAdapter struct{ logger *slog.Logger }

func (a slogAdapter) Noticef(format string, v ...any) { a.log(slog.LevelDebug, format, v) }
func (a slogAdapter) Warnf(format string, v ...any)   { a.log(slog.LevelWarn, format, v) }
func (a slogAdapter) Fatalf(format string, v ...any)  { a.log(slog.LevelError, format, v) }
func (a slogAdapter) Errorf(format string, v ...any)  { a.log(slog.LevelError, format, v) }
func (a slogAdapter) Debugf(format string, v ...any)  { a.log(slog.LevelDebug, format, v) }
func (a slogAdapter) Tracef(format string, v ...any)  { a.log(slog.LevelDebug, format, v) }

func (a slogAdapter) log(level slog.Level, format string, v []any) {
	a.logger.Log(context.Background(), level, "message_server", "text", fmt.Sprintf(format, v...))
}
