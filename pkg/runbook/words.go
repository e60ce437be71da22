package runbook

import "fmt"

// Words says in one line which runbook was found, or why there is none to open. What only
// promises one is not repeated: it would look like a link.
func (f Finding) Words() string {
	switch f.Outcome {
	case Dangling:
		return fmt.Sprintf("none: the alert names %.200q, which is not there", f.Link)
	case Placeholder:
		return "none: the alert has only a placeholder for it"
	case Linked:
	case Missing:
		return "none"
	}
	switch {
	case f.Link == "" || f.Link == f.Name:
		return f.Name
	case f.Name == "":
		return f.Link
	}
	return f.Name + ", " + f.Link
}
