package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/archive"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
)

func (a *app) exportCommand() *cobra.Command {
	var all bool
	var file string
	c := &cobra.Command{
		Use: "export INC|--all > log.jsonl", Short: "Write the log as it is stored, provably", Args: atMost(1),
		Long: `Write the log as it is stored: JSON Lines, one event a line, with a signed
manifest at the end. ` + "`bridgelog verify FILE`" + ` proves it without the system.

The key that signs is made at the first export and kept beside the data (or, for
other systems, beside the contexts). Whoever holds the file and knows the key's
fingerprint can tell it from one that somebody made up.`,
		ValidArgsFunction: a.completeAct(nil, false),
		RunE: func(cmd *cobra.Command, args []string) error {
			incident := ""
			if all && len(args) > 0 {
				return fault.FieldUsagef("all", "export one incident or --all, not both")
			}
			if !all {
				var err error
				if incident, _, err = a.splitIncident(args, 0); err != nil {
					return err
				}
			}
			return a.exportTo(cmd.Context(), incident, file)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "everything; needs the admin role")
	c.Flags().StringVar(&file, "file", "", "write to this file instead of the output")
	return c
}

func (a *app) exportTo(ctx context.Context, incident, file string) error {
	if file == "" && a.OutTerminal && incident == "" {
		return fault.FieldUsagef("file", "this would fill the terminal: redirect it (> log.jsonl) or use --file")
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	key, err := exportKey(s)
	if err != nil {
		return err
	}
	if file == "" {
		_, err := a.export(ctx, s, incident, a.Out, key)
		return err
	}
	return a.exportFile(ctx, s, incident, file, key)
}

// exportFile writes a file that appears only when it is whole.
func (a *app) exportFile(ctx context.Context, s *session, incident, file string, key ed25519.PrivateKey) error {
	partial, err := os.CreateTemp(filepath.Dir(file), ".export-*")
	if cause, is := errors.AsType[*fs.PathError](err); is {
		return fault.FieldUsagef("file", "--file: %s: %w", filepath.Dir(file), cause.Err)
	}
	if err != nil {
		return fmt.Errorf("make the export's file: %w", err)
	}
	defer func() { _ = os.Remove(partial.Name()) }()
	events, err := a.export(ctx, s, incident, partial, key)
	if err == nil {
		err = partial.Sync()
	}
	if closing := partial.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(partial.Name(), file)
	}
	if err == nil {
		a.say(output.T(output.Good, fmt.Sprintf("%d events written to %s", events, file)))
	}
	return err
}

// exportKey is the key that signs exports of a system.
func exportKey(s *session) (ed25519.PrivateKey, error) {
	return archive.LoadKey(keyPath(s.dirs, s.Target), rand.Reader)
}

func keyPath(dirs client.Dirs, target client.Target) string {
	if target.DataDir != "" {
		return filepath.Join(target.DataDir, archive.KeyFile)
	}
	return filepath.Join(dirs.Config, archive.KeyFile)
}

func (a *app) export(ctx context.Context, s *session, incident string, out io.Writer, key ed25519.PrivateKey) (uint64, error) {
	stream, err := s.Timeline.Export(ctx, &timelinev1.ExportRequest{Incident: incident})
	if err != nil {
		return 0, err
	}
	w := archive.NewWriter(out)
	progress := output.NewProgress(a.Err, a.ErrTerminal, a.Now, "export", "events", 0)
	defer progress.Close()
	for {
		item, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return 0, fault.Refusedf("the system ended the export before its manifest; what was written is not complete")
		}
		if err != nil {
			return 0, err
		}
		if heads := item.GetHeads(); heads != nil {
			if err := w.Close(heads, key, a.Now()); err != nil {
				return 0, err
			}
			public, _ := key.Public().(ed25519.PublicKey)
			a.say(output.T(output.Dim, "signed by "+archive.Fingerprint(public)))
			return w.Events(), nil
		}
		if err := w.Event(item.GetEvent()); err != nil {
			return 0, err
		}
		progress.Add(1)
	}
}
