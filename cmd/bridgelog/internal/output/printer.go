package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"
)

// Printer writes documents to one place in one format.
type Printer struct {
	// Out is where answers go.
	Out io.Writer
	// Format is how.
	Format Format
	// Colour is true on a terminal that shows colours.
	Colour bool
	// Width is the terminal's width in columns; 0 is without bound.
	Width int
}

// Print writes a document.
func (p Printer) Print(d Document) error {
	var b bytes.Buffer
	switch p.Format {
	case JSON:
		if err := encodeJSON(&b, d.Value); err != nil {
			return err
		}
	case YAML:
		if err := encodeYAML(&b, d.Value); err != nil {
			return err
		}
	case Markdown:
		if d.Raw != "" {
			b.WriteString(d.Raw)
			break
		}
		markdown(&b, d.Blocks)
	default:
		if d.Raw != "" && len(d.Blocks) == 0 {
			b.WriteString(Clean(d.Raw))
			break
		}
		textual{out: &b, colour: p.Colour, width: p.Width}.blocks(d.Blocks)
	}
	return p.write(b.Bytes())
}

// PrintLine writes a value as one line of JSON (JSON Lines) or as one document of
// YAML, and the blocks in every other format: for answers that come one after
// another.
func (p Printer) PrintLine(d Document) error {
	if p.Format == YAML {
		if err := p.write([]byte("---\n")); err != nil {
			return err
		}
	}
	if p.Format != JSON {
		return p.Print(d)
	}
	line, err := json.Marshal(d.Value)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return p.write(append(line, '\n'))
}

func (p Printer) write(data []byte) error {
	if _, err := p.Out.Write(data); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

func encodeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return nil
}

// encodeYAML goes by way of JSON, so that both have the same keys in the same
// order.
func encodeYAML(w io.Writer, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	blockStyle(&node)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	return encoder.Close()
}

// blockStyle takes away the braces and quotes of JSON where YAML needs none.
func blockStyle(node *yaml.Node) {
	empty := len(node.Content) == 0
	switch {
	case node.Kind == yaml.ScalarNode:
		node.Style = 0
		if node.Tag == "!!str" {
			node.SetString(node.Value)
		}
	case !empty:
		node.Style = 0
	}
	for _, child := range node.Content {
		blockStyle(child)
	}
}
