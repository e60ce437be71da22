package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/timeparse"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

// travel turns a read into the past.
type travel struct{ known, happened string }

func (t *travel) bind(flags *pflag.FlagSet) {
	flags.StringVar(&t.known, "known-at", "",
		"as known at this time, or at entry \"#5\": only what had been written down by then (also --as-known-at)")
	flags.StringVar(&t.happened, "happened-at", "",
		"as happened at this time, or at entry \"#5\", by what is known today (also --as-happened-at)")
}

// instant is a moment that a read is about: the present, a time, or that of an
// entry which has to be looked up.
type instant struct {
	happened bool
	time     time.Time
	entry    uint64
}

// read reads the flags, before anything is connected.
func (t *travel) read(a *app) (instant, error) {
	flag, text := "known-at", t.known
	switch {
	case t.known != "" && t.happened != "":
		return instant{}, fault.FieldUsagef("known-at", "choose one of --known-at and --happened-at")
	case t.happened != "":
		flag, text = "happened-at", t.happened
	case text == "":
		return instant{}, nil
	}
	i := instant{happened: t.happened != ""}
	var err error
	if strings.HasPrefix(text, "#") {
		i.entry, err = parseEntry(text)
	} else {
		i.time, err = timeparse.Past(text, a.Now(), a.Zone)
	}
	if err != nil {
		return instant{}, fault.FieldUsagef(flag, "--%s: %w", flag, err)
	}
	return i, nil
}

// in finds the moment in an incident's life; nil is the present.
func (i instant) in(ctx context.Context, a *app, s *session, incident string) (*timelinev1.TimeTravel, error) {
	if i.entry > 0 {
		entry, err := a.findEntry(ctx, s, incident, i.entry)
		if err != nil {
			return nil, err
		}
		if i.time = entry.GetRecordedTime().AsTime(); i.happened {
			i.time = entry.GetOccurredTime().AsTime()
		}
	}
	switch {
	case i.time.IsZero():
		return nil, nil //nolint:nilnil // no time is the present, and no error
	case i.happened:
		return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: timestamppb.New(i.time)}}, nil
	}
	return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: timestamppb.New(i.time)}}, nil
}

// banner says that an answer is about the past.
func (a *app) banner(at *timelinev1.TimeTravel) []output.Block {
	switch {
	case at.GetKnownAt() != nil:
		return []output.Block{output.Line{output.T(output.Warn, "as known at "+a.clock().Time(at.GetKnownAt().AsTime()))}}
	case at.GetHappenedAt() != nil:
		return []output.Block{output.Line{output.T(output.Warn, "as happened at "+a.clock().Time(at.GetHappenedAt().AsTime()))}}
	}
	return nil
}

// bounds are --since and --until, which mean the same everywhere.
type bounds struct{ since, until string }

func (b *bounds) bind(flags *pflag.FlagSet) {
	flags.StringVar(&b.since, "since", "", "at or after this time: 1h (ago), 14:05, RFC 3339")
	flags.StringVar(&b.until, "until", "", "before this time")
}

func (b *bounds) read(a *app) (since, until *timestamppb.Timestamp, err error) {
	for _, f := range []struct {
		name, text string
		into       **timestamppb.Timestamp
	}{{"since", b.since, &since}, {"until", b.until, &until}} {
		if f.text == "" {
			continue
		}
		text := f.text
		if _, isLength := timeparse.Length(text); isLength {
			text = "-" + text // people write --since 1h
		}
		at, err := timeparse.Parse(text, a.Now(), a.Zone)
		if err != nil {
			return nil, nil, fault.FieldUsagef(f.name, "--%s: %w", f.name, err)
		}
		*f.into = timestamppb.New(at)
	}
	return since, until, nil
}
