package cli

import (
	"context"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/client"
)

// SendKept sends the declarations that wait for the system on a data directory,
// which has just begun to answer, and tells of each on d.Err. Nothing waiting is
// no error.
func SendKept(ctx context.Context, d Deps, dataDir string) error {
	a := &app{Deps: d, options: client.Options{DataDir: dataDir}, timeout: defaultTimeout}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	s.close()
	return nil
}
