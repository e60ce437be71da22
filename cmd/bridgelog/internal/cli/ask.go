package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
)

// confirm shows what is about to happen and asks. With --yes it only shows;
// where nobody can answer it refuses.
func (a *app) confirm(yes bool, question string, preview []output.Block) error {
	if yes {
		return nil
	}
	p := output.Printer{Out: a.Err, Colour: a.colour(a.ErrTerminal), Width: a.Width}
	if err := p.Print(output.Document{Blocks: preview}); err != nil {
		return err
	}
	if !a.InTerminal {
		return fault.FieldUsagef("yes", "nobody is there to confirm this: look at the preview and add --yes")
	}
	if _, err := fmt.Fprintf(a.Err, "%s [y/N] ", question); err != nil {
		return err
	}
	answer, err := readLine(a.In)
	if err != nil {
		return err
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return fault.Refusedf("nothing was done")
}

// readLine reads one line without its end; the end of input ends it too.
func readLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read answer: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// textOrInput returns a text, or what stands on the input when it is "-".
func (a *app) textOrInput(text string) (string, error) {
	if text != "-" {
		return text, nil
	}
	const limit = 1 << 20
	data, err := io.ReadAll(io.LimitReader(a.In, limit))
	if err != nil {
		return "", fmt.Errorf("read text: %w", err)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}
