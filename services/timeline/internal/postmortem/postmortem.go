package postmortem

import (
	"fmt"
	"strings"
	"time"

	"github.com/bridgelog/bridgelog/pkg/incident"
	"github.com/bridgelog/bridgelog/pkg/playbook/template"
	timelinev1 "github.com/bridgelog/bridgelog/proto/gen/timeline/v1"
	"github.com/bridgelog/bridgelog/services/timeline/internal/view"
)

// Options say how a document is written.
type Options struct {
	// Text decides which sections the document has, in which order, and with which
	// words around them.
	Text Text
	// Words says what variables stand for that are no section of this package, as the
	// people of the incident wrote it; nil when they stand for nothing.
	Words func(names []string) template.Values
	// Name returns the name of a person or machine.
	Name func(incident.PersonID) string
	// Other returns the name of another incident.
	Other func(incident.ID) string
	// Suspects is what is proposed as the cause; nil when nobody asked.
	Suspects *timelinev1.ListSuspectsResponse
	// SuspectsUnread says that what is proposed could not be read.
	SuspectsUnread bool
	// Now is the end of what is not over yet.
	Now time.Time
	// KnownAt and HappenedAt are the past that was asked for; zero for the present.
	KnownAt, HappenedAt time.Time
}

// Write returns the post-mortem of an incident as Markdown. The same view and
// options give the same document. The error is [template.ErrTooLong].
func Write(v *view.View, o Options) (string, error) {
	d := &document{View: v, Options: o}
	values := d.values(o.Text.names())
	title, err := o.Text.title.RenderDocument(values)
	if err != nil {
		return "", fmt.Errorf("title of the post-mortem: %w", err)
	}
	body, err := o.Text.body.RenderDocument(values)
	if err != nil {
		return "", fmt.Errorf("post-mortem: %w", err)
	}
	return harmless(d.assemble(strings.Join(strings.Fields(title), " "), strings.TrimLeft(body, "\n"))), nil
}

// document is one section that is being written.
type document struct {
	*view.View
	Options
	strings.Builder
}

// line writes one line.
func (d *document) line(format string, args ...any) {
	fmt.Fprintf(&d.Builder, format+"\n", args...)
}

// person is a name, ready to stand in a line.
func (d *document) person(p incident.PersonID) string {
	if p == "" {
		return "nobody"
	}
	return Plain(d.Name(p))
}

// words makes words out of a name: "partial_outage" becomes "partial outage".
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }
