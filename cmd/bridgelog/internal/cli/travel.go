package cli

import (
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
	flags.StringVar(&t.known, "known-at", "", "as known at this time: only what had been written down by then (also --as-known-at)")
	flags.StringVar(&t.happened, "happened-at", "", "as happened at this time, by what is known today (also --as-happened-at)")
}

// at reads the flags; nil is the present.
func (t *travel) at(a *app) (*timelinev1.TimeTravel, error) {
	switch {
	case t.known != "" && t.happened != "":
		return nil, fault.FieldUsagef("known-at", "choose one of --known-at and --happened-at")
	case t.known != "":
		at, err := timeparse.Past(t.known, a.Now(), a.Zone)
		if err != nil {
			return nil, fault.FieldUsagef("known-at", "--known-at: %w", err)
		}
		return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_KnownAt{KnownAt: timestamppb.New(at)}}, nil
	case t.happened != "":
		at, err := timeparse.Past(t.happened, a.Now(), a.Zone)
		if err != nil {
			return nil, fault.FieldUsagef("happened-at", "--happened-at: %w", err)
		}
		return &timelinev1.TimeTravel{At: &timelinev1.TimeTravel_HappenedAt{HappenedAt: timestamppb.New(at)}}, nil
	}
	return nil, nil //nolint:nilnil // no time is the present, and no error
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
