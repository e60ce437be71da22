package docs

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Block is one fenced block of a document.
type Block struct {
	// Line is where its text begins, counted from 1.
	Line int
	// Language is the first word after the fence.
	Language string
	// Skip is the reason why a sh block is not run; empty when it is.
	Skip string
	// File is the name under which the block is written; empty for most.
	File string
	// Text is what stands between the fences.
	Text string
}

// Run reports whether the block is a script to be run.
func (b Block) Run() bool { return b.Language == "sh" && b.Skip == "" }

// attribute is one name=value or name="value" after a block's language.
var attribute = regexp.MustCompile(`(\w+)=(?:"([^"]*)"|(\S+))`)

// Blocks returns the fenced blocks of a Markdown document in their order. A block
// that does not say what it is, or that says something unknown, is an error, and
// so is output that follows no script.
func Blocks(markdown []byte) ([]Block, error) {
	var blocks []Block
	err := walk(markdown, func(node ast.Node) error {
		fence, ok := node.(*ast.FencedCodeBlock)
		if !ok {
			return nil
		}
		block, err := read(fence, markdown)
		if err != nil {
			return err
		}
		if block.Language == "output" && (len(blocks) == 0 || !blocks[len(blocks)-1].Run()) {
			return fmt.Errorf("line %d: output of nothing: the block before it is not run", block.Line)
		}
		blocks = append(blocks, block)
		return nil
	})
	return blocks, err
}

// read interprets the words after a fence.
func read(fence *ast.FencedCodeBlock, markdown []byte) (Block, error) {
	block := Block{Language: string(fence.Language(markdown)), Line: 1}
	if lines := fence.Lines(); lines.Len() > 0 {
		block.Line += bytes.Count(markdown[:lines.At(0).Start], []byte("\n"))
		block.Text = string(lines.Value(markdown))
	}
	if block.Language == "" {
		return block, fmt.Errorf("line %d: the block does not say what it is", block.Line)
	}
	info := strings.TrimPrefix(string(fence.Info.Segment.Value(markdown)), block.Language)
	for _, match := range attribute.FindAllStringSubmatch(info, -1) {
		value := match[2] + match[3]
		switch {
		case match[1] == "skip" && block.Language == "sh" && value != "":
			block.Skip = value
		case match[1] == "file" && block.Language != "sh" && value != "":
			block.File = value
		default:
			return block, fmt.Errorf("line %d: %s says nothing for a %s block", block.Line, match[0], block.Language)
		}
	}
	if rest := strings.TrimSpace(attribute.ReplaceAllString(info, "")); rest != "" {
		return block, fmt.Errorf("line %d: unknown mark %q", block.Line, rest)
	}
	return block, nil
}

// Links returns the targets of a document's links and pictures that are neither
// absolute addresses nor places in the document itself, without their fragments.
func Links(markdown []byte) ([]string, error) {
	var links []string
	err := walk(markdown, func(node ast.Node) error {
		var target string
		switch node := node.(type) {
		case *ast.Link:
			target = string(node.Destination)
		case *ast.Image:
			target = string(node.Destination)
		}
		target, _, _ = strings.Cut(target, "#")
		if target != "" && !strings.Contains(target, "://") && !strings.HasPrefix(target, "mailto:") {
			links = append(links, target)
		}
		return nil
	})
	return links, err
}

// walk visits every node of a document once, until visit returns an error.
func walk(markdown []byte, visit func(ast.Node) error) error {
	document := goldmark.New().Parser().Parse(text.NewReader(markdown))
	return ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		return ast.WalkContinue, visit(node)
	})
}
