package incident

// codes gives each known type a small number for entries, which is its place in
// the list of known events. It holds within one process only.
type codes struct {
	names  []string
	byName map[string]uint8
}

var table = newCodes()

func newCodes() codes {
	c := codes{names: Types(), byName: make(map[string]uint8)}
	for i, name := range c.names {
		c.byName[name] = uint8(i)
	}
	return c
}

// typeNames returns the names by code.
func typeNames() []string { return table.names }

// codeOf returns the code of a type: 255 for one that is not known.
func codeOf(name string) uint8 {
	if code, ok := table.byName[name]; ok {
		return code
	}
	return 255
}
