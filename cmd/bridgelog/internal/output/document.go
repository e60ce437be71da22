package output

// Document is one answer in both of its forms.
type Document struct {
	// Value is written as JSON and YAML.
	Value any
	// Blocks are written as text and Markdown.
	Blocks []Block
	// Raw, when set, is the whole Markdown form, ready as it is.
	Raw string
}

// Block is one part of a document for eyes.
type Block interface{ block() }

// Line is one line of cells that follow each other, parted by a space.
type Line []Cell

// Fields are names with values, one a line, aligned.
type Fields []Field

// Field is one name with its value; it is left out when the value is empty.
type Field struct {
	Name  string
	Value Cell
}

// Heading begins a part.
type Heading string

// Text is what somebody wrote; it keeps its lines and is indented.
type Text string

// Rows is a table.
type Rows struct {
	// Columns are the titles.
	Columns []string
	// Rows have one cell for each column.
	Rows [][]Cell
	// Empty is written instead of a table without rows.
	Empty string
	// Shrink is the column that gives way when the terminal is narrow, from 1; 0
	// is the last one.
	Shrink int
	// Drop are the columns, from 1, that are left out on a terminal that is too
	// narrow even so: the first one first.
	Drop []int
}

func (Line) block()    {}
func (Fields) block()  {}
func (Heading) block() {}
func (Text) block()    {}
func (Rows) block()    {}

// Cell is a piece of text with a tone.
type Cell struct {
	Text string
	Tone Tone
}

// Tone says what a cell means; on a terminal it becomes a colour.
type Tone int

// The tones.
const (
	Plain  Tone = iota
	Dim         // less important
	Strong      // more important
	Good        // over, works
	Warn        // needs attention
	Bad         // hurts now
)

// P is a cell without a tone.
func P(text string) Cell { return Cell{Text: text} }

// T is a cell with a tone.
func T(tone Tone, text string) Cell { return Cell{Text: text, Tone: tone} }
