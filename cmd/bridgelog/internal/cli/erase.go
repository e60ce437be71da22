package cli

import (
	"context"
	"fmt"

	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/fault"
	"github.com/bridgelog/bridgelog/cmd/bridgelog/internal/output"
	catalogv1 "github.com/bridgelog/bridgelog/proto/gen/catalog/v1"
)

// erasure is what `delete person --erase` answers.
type erasure struct {
	Name      string       `json:"name"`
	Changes   []changeView `json:"changes"`
	Erased    int          `json:"erased"`
	Warnings  []string     `json:"warnings"`
	Position  string       `json:"position"`
	RequestID string       `json:"request_id"`
	System    string       `json:"system"`
}

func (a *app) erasePerson(ctx context.Context, name, requestID string, yes bool) error {
	p, err := a.printer()
	if err != nil {
		return err
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if requestID == "" {
		requestID = a.NewID()
	}
	request := &catalogv1.ErasePersonRequest{Name: name, RequestId: requestID}
	if !yes {
		if err := a.confirmErasure(ctx, s, name); err != nil {
			return err
		}
	}
	limited, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Catalog.ErasePerson(limited, request)
	if err != nil {
		return fault.OfWrite(err, requestID)
	}
	v := erasure{
		Name: name, Changes: changesOf(r.GetChanges()), Erased: int(r.GetErased()), Warnings: listed(r.GetWarnings()),
		Position: r.GetPosition(), RequestID: requestID, System: s.Target.Name,
	}
	line := output.Line{output.T(output.Strong, "person/"+name), output.P("erased: " + pastChanges(v.Erased) + " cannot be read any more")}
	blocks := []output.Block{append(line, a.marks(s, nil)...)}
	for _, warning := range v.Warnings {
		blocks = append(blocks, output.Line{output.T(output.Warn, warning)})
	}
	return p.Print(output.Document{Value: v, Blocks: blocks})
}

// confirmErasure shows what would be deleted and asks.
func (a *app) confirmErasure(ctx context.Context, s *session, name string) error {
	ctx, cancel := a.deadline(ctx)
	defer cancel()
	r, err := s.Catalog.ErasePerson(ctx, &catalogv1.ErasePersonRequest{Name: name, DryRun: true})
	if err != nil {
		return err
	}
	var preview []output.Block
	if len(r.GetChanges()) > 0 {
		preview = changeBlocks(applyView{Changes: changesOf(r.GetChanges()), DryRun: true})
	}
	preview = append(preview, output.Line{output.T(output.Bad, "would erase"), output.P("what " + pastChanges(int(r.GetErased())) + " said, for good")})
	for _, warning := range r.GetWarnings() {
		preview = append(preview, output.Line{output.T(output.Warn, warning)})
	}
	return a.confirm(false, "Erase this person? It cannot be undone.", preview)
}

func pastChanges(n int) string {
	if n == 1 {
		return "1 past change"
	}
	return fmt.Sprintf("%d past changes", n)
}
